-- Goods above the capped, the platform's or the purchase price.
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
SELECT detector_id, 'fee_list_d', bkkp_sn, round(inscp::DOUBLE * ((price - allowed) / price), 2) FROM capped
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
SELECT detector_id, 'fee_list_d', bkkp_sn, round(net_inscp::DOUBLE * ((price - allowed) / price), 2) FROM priced
WHERE allowed > 0 AND price > allowed * (1 + tolerance);
