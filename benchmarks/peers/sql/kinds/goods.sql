-- Goods above the capped, the platform's or the purchase price; gifts charged; goods bought outside the platform.
INSERT INTO found
WITH listed AS (
  SELECT med_list_codg, regexp_replace(admdvs, '(0000|00)$', '') AS place, price_cap::DOUBLE AS cap, begndate, enddate
  FROM read_parquet(getvariable('volume_price_d'))
),
capped AS (
  SELECT c.detector_id, (c.p->>'tolerance')::DOUBLE AS tolerance, l.bkkp_sn, any_value(l.pric)::DOUBLE AS price,
         any_value(l.net_inscp) AS inscp, max_by(v.cap, {n: length(v.place), d: v.begndate, c: v.cap}) AS allowed
  FROM line l
  JOIN card c ON c.kind = 'over_price' AND c.p->>'against' = 'cap' AND list_contains(c.domains, l.domain)
  JOIN listed v ON v.med_list_codg = l.med_list_codg AND starts_with(l.fix_blng_admdvs, v.place)
   AND l.fee_date >= v.begndate AND coalesce(l.fee_date <= v.enddate, true)
  WHERE l.pric > 0 GROUP BY c.detector_id, tolerance, l.bkkp_sn
)
SELECT detector_id, 'fee_list_d', bkkp_sn, to_cent(inscp::DOUBLE * ((price - allowed) / price)) FROM capped
WHERE allowed > 0 AND price > allowed * (1 + tolerance);

INSERT INTO found
WITH lots AS (
  SELECT c.detector_id, c.p->>'against' AS against, fixmedins_code, med_list_codg, purc_time::DATE AS day,
         max(CASE WHEN c.p->>'against' = 'platform' THEN plaf_pric ELSE pric END)::DOUBLE AS price
  FROM read_parquet(getvariable('purc_d')) JOIN card c ON c.kind = 'over_price' AND c.p->>'against' <> 'cap'
  WHERE cnt > 0 AND coalesce(prod_geay_flag, 0) <> 1
    AND CASE WHEN c.p->>'against' = 'platform' THEN plaf_pric ELSE pric END > 0
  GROUP BY ALL
),
ever AS (SELECT detector_id, fixmedins_code, med_list_codg, max(price) AS ever FROM lots GROUP BY ALL),
goods AS (
  SELECT c.detector_id, (c.p->>'tolerance')::DOUBLE AS tolerance, (c.p->>'back_days')::INTEGER AS back, l.bkkp_sn,
         l.fixmedins_code, l.med_list_codg, l.fee_date, l.pric::DOUBLE AS price, l.net_inscp
  FROM line l JOIN card c ON c.kind = 'over_price' AND c.p->>'against' <> 'cap' AND list_contains(c.domains, l.domain)
  WHERE l.med_list_codg IS NOT NULL AND l.pric > 0 AND NOT coalesce(l.fixmedins_type = '2', false)
),
lately AS (
  SELECT g.detector_id, g.fixmedins_code, g.med_list_codg, g.fee_date,
         CASE WHEN any_value(o.against) = 'platform' THEN max_by(o.price, o.day) ELSE max(o.price) END AS lately
  FROM (SELECT DISTINCT detector_id, back, fixmedins_code, med_list_codg, fee_date FROM goods) g
  JOIN lots o ON o.detector_id = g.detector_id AND o.fixmedins_code = g.fixmedins_code
   AND o.med_list_codg = g.med_list_codg AND g.fee_date - o.day BETWEEN 0 AND g.back
  GROUP BY ALL
),
priced AS (
  SELECT g.*, coalesce(n.lately, e.ever) AS allowed
  FROM goods g JOIN ever e USING (detector_id, fixmedins_code, med_list_codg)
  LEFT JOIN lately n USING (detector_id, fixmedins_code, med_list_codg, fee_date)
)
SELECT detector_id, 'fee_list_d', bkkp_sn, to_cent(net_inscp::DOUBLE * ((price - allowed) / price)) FROM priced
WHERE allowed > 0 AND price > allowed * (1 + tolerance);

-- Gifts charged: the share of gifts in what came in lately up to the delivery before the sale.
INSERT INTO found
WITH lots AS (
  SELECT fixmedins_code, med_list_codg, purc_time::DATE AS day, cnt::DOUBLE AS cnt,
         coalesce(prod_geay_flag = 1, false) AS gift
  FROM read_parquet(getvariable('purc_d'))
),
received AS (
  SELECT fixmedins_code, med_list_codg, sum(cnt) AS units, coalesce(sum(cnt) FILTER (gift), 0) AS gifts
  FROM lots GROUP BY ALL HAVING units > 0
),
house AS (
  SELECT fixmedins_code, count(*) FILTER (gift) AS given, count(*) AS deliveries FROM lots WHERE cnt > 0 GROUP BY ALL
),
given AS (
  SELECT c.detector_id, c.domains, (c.p->>'back_days')::INTEGER AS back, r.fixmedins_code, r.med_list_codg
  FROM received r JOIN house h USING (fixmedins_code) JOIN card c ON c.kind = 'gifts_charged'
  WHERE least(r.gifts / r.units, 1) >= (c.p->>'min_gift_share')::DOUBLE AND r.gifts >= (c.p->>'min_gifts')::DOUBLE
    AND h.given >= (c.p->>'min_deliveries')::INTEGER
    AND h.given >= h.deliveries * (c.p->>'min_delivery_share')::DOUBLE
),
days AS (
  SELECT g.detector_id, g.domains, g.back, fixmedins_code, med_list_codg, l.day, sum(l.cnt) AS units,
         coalesce(sum(l.cnt) FILTER (l.gift), 0) AS gifts
  FROM lots l JOIN given g USING (fixmedins_code, med_list_codg) GROUP BY ALL
),
lately AS (
  SELECT d.detector_id, d.domains, d.fixmedins_code, d.med_list_codg, d.day,
         sum(e.gifts) AS gifts, sum(e.units) AS units
  FROM days d JOIN days e USING (detector_id, fixmedins_code, med_list_codg)
  WHERE d.day - e.day BETWEEN 0 AND d.back
  GROUP BY ALL
),
window_of AS (
  SELECT *, lead(day) OVER (PARTITION BY detector_id, fixmedins_code, med_list_codg ORDER BY day) AS until FROM lately
)
SELECT w.detector_id, 'fee_list_d', l.bkkp_sn, to_cent(l.net_inscp::DOUBLE * least(w.gifts / w.units, 1))
FROM line l JOIN window_of w USING (fixmedins_code, med_list_codg)
WHERE list_contains(w.domains, l.domain) AND w.gifts > 0 AND w.units > 0 AND l.fee_date >= w.day
  AND coalesce(l.fee_date < w.until, true);

-- Bought outside the platform as a habit: units off the platform over all units bought.
INSERT INTO found
WITH goods AS (
  SELECT c.detector_id, c.p, l.bkkp_sn, l.fixmedins_code, l.med_list_codg, l.net_inscp
  FROM line l JOIN card c ON c.kind = 'off_platform' AND list_contains(c.domains, l.domain)
  WHERE l.med_list_codg IS NOT NULL AND NOT coalesce(l.fixmedins_type = '2', false)
),
bought AS (
  SELECT g.detector_id, g.p, b.fixmedins_code, b.med_list_codg, b.cnt::DOUBLE AS cnt, b.onln_flag <> 1 AS off
  FROM read_parquet(getvariable('purc_d')) b
  JOIN (SELECT detector_id, any_value(p) AS p, med_list_codg FROM goods GROUP BY detector_id, med_list_codg) g
    USING (med_list_codg)
  WHERE b.cnt > 0 AND b.onln_flag IS NOT NULL
),
item AS (
  SELECT detector_id, any_value(p) AS p, fixmedins_code, med_list_codg, sum(cnt) AS units,
         coalesce(sum(cnt) FILTER (off), 0) AS units_off
  FROM bought GROUP BY detector_id, fixmedins_code, med_list_codg
),
house AS (
  SELECT detector_id, any_value(p) AS p, fixmedins_code, count(*) AS deliveries,
         count(*) FILTER (off) AS deliveries_off
  FROM bought GROUP BY detector_id, fixmedins_code
),
several AS (
  SELECT detector_id, fixmedins_code FROM item GROUP BY detector_id, fixmedins_code
  HAVING count(*) FILTER (units_off >= units * (p->>'min_item_share')::DOUBLE) >= max((p->>'min_items')::INTEGER)
),
habit AS (
  SELECT detector_id, fixmedins_code FROM house SEMI JOIN several USING (detector_id, fixmedins_code)
  WHERE deliveries_off < deliveries AND deliveries_off >= (p->>'min_deliveries')::INTEGER
    AND deliveries_off >= deliveries * (p->>'min_house_share')::DOUBLE
)
SELECT g.detector_id, 'fee_list_d', g.bkkp_sn, to_cent(g.net_inscp::DOUBLE * (i.units_off / i.units))
FROM goods g JOIN item i USING (detector_id, fixmedins_code, med_list_codg)
SEMI JOIN habit USING (detector_id, fixmedins_code)
WHERE i.units_off / i.units >= (i.p->>'min_item_share')::DOUBLE;
