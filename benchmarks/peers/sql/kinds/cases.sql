-- Cases paid by DRG or DIP: costs bunched at a border of outliers, severity on paper, a standard or a class that the
-- columns of the case do not give.
CREATE OR REPLACE TEMP TABLE grouped_case AS
SELECT g.*, b.fixmedins_code AS house, b.net_inscp, b.net_medfee::DOUBLE AS cost, b.hi_paymtd, b.enddate - b.begndate AS days,
       lower(g.paymtd) = 'dip' AS is_dip
FROM read_parquet(getvariable('drg_setl_d')) g
JOIN bill b USING (setl_id) WHERE NOT b.refund AND b.net_inscp > 0 AND b.net_medfee > 0
  AND strftime(b.setl_time, '%Y-%m') BETWEEN getvariable('first_month') AND getvariable('last_month');

CREATE OR REPLACE TEMP TABLE rated AS
WITH borders AS (
  SELECT detector_id, (b->>0)::DOUBLE AS points, (b->>1)::DOUBLE AS times
  FROM card, unnest((p->'borders')::JSON[]) AS t(b)
  WHERE kind IN ('case_payment', 'case_standard') AND (p->'borders') IS NOT NULL
)
SELECT c.detector_id, c.kind, c.p, g.*, g.cost / g.avg_fee::DOUBLE AS times,
       coalesce(CASE WHEN g.is_dip AND g.base_points IS NULL THEN (c.p->>'dip_border')::DOUBLE END,
         (SELECT min_by(b.times, b.points) FROM borders b
          WHERE b.detector_id = c.detector_id AND g.base_points <= b.points)) AS border,
       CASE WHEN g.is_dip THEN (c.p->'low_borders'->>1)::DOUBLE ELSE (c.p->'low_borders'->>0)::DOUBLE END AS low_border
FROM grouped_case g
JOIN card c ON c.kind IN ('case_payment', 'case_standard') AND (c.p->'borders') IS NOT NULL
WHERE g.avg_fee > 0 AND g.std_fee > 0;

INSERT INTO found
WITH edged AS (
  SELECT *, (p->>'band')::DOUBLE AS band, CASE WHEN p->>'mode' = 'low' THEN low_border ELSE border END AS edge
  FROM rated WHERE kind = 'case_payment' AND border IS NOT NULL
),
placed AS (
  SELECT *, times >= edge AND times < edge + edge * band AS inside,
         CASE WHEN p->>'mode' = 'low' THEN times >= edge + edge * band AND times < edge + edge * band + edge * band
              ELSE times >= edge - edge * band AND times < edge END AS beside
  FROM edged
)
SELECT detector_id, 'drg_setl_d', setl_id,
       CASE WHEN p->>'mode' = 'low' THEN least(to_cent(greatest(std_fee::DOUBLE - cost, 0)), net_inscp)
            ELSE to_cent(net_inscp::DOUBLE * (greatest(cost - std_fee::DOUBLE, 0) / cost)) END
FROM placed
WINDOW at_house AS (PARTITION BY detector_id, house)
QUALIFY inside
  AND sum(inside::INTEGER) OVER at_house >= (p->>'times_beside')::DOUBLE * sum(beside::INTEGER) OVER at_house;

INSERT INTO found
SELECT detector_id, 'drg_setl_d', setl_id, to_cent(net_inscp::DOUBLE * (greatest(cost - std_fee::DOUBLE, 0) / cost))
FROM rated
WHERE kind = 'case_standard' AND border IS NOT NULL AND hi_paymtd = '1' AND times >= low_border AND times < border;

INSERT INTO found
WITH known AS (
  SELECT g.*, h.level, lower(g.cc_level) AS grade, g.rw::DOUBLE AS weight
  FROM grouped_case g JOIN all_level h ON h.fixmedins_code = g.house
  WHERE g.adrg_code IS NOT NULL AND g.cc_level IS NOT NULL AND g.rw > 0
),
plain AS (
  SELECT paymtd, level, adrg_code, median(cost) AS cost, median(days) AS days, avg(weight) AS weight, count(*) AS n
  FROM known WHERE grade = 'none' GROUP BY ALL
)
SELECT c.detector_id, 'drg_setl_d', k.setl_id, to_cent(k.net_inscp::DOUBLE * (1 - n.weight / k.weight))
FROM known k JOIN plain n USING (paymtd, level, adrg_code)
JOIN card c ON c.kind = 'case_payment' AND c.p->>'mode' = 'severity'
WHERE n.n >= (c.p->>'min_plain')::INTEGER AND k.grade IN ('cc', 'mcc') AND k.weight > n.weight AND k.cost <= n.cost
  AND k.days <= n.days;

INSERT INTO found
WITH complete AS (
  SELECT c.detector_id, c.p, g.*, CASE WHEN g.is_dip THEN coalesce(g.base_points::DECIMAL(18, 6), g.rw::DECIMAL(18, 6))
    ELSE g.base_points::DECIMAL(18, 6) END AS own_points
  FROM grouped_case g JOIN card c ON c.kind = 'case_standard' AND c.p->>'mode' = 'standard'
  WHERE g.std_fee > 0 AND g.hosp_coef > 0 AND g.point_value > 0
),
usual AS (
  SELECT detector_id, paymtd, group_code, max({n: n, points: own_points}).points AS points FROM (
    SELECT detector_id, any_value(p) AS p, paymtd, group_code, own_points, count(*) AS n FROM complete
    WHERE own_points > 0 GROUP BY detector_id, paymtd, group_code, own_points
  ) GROUP BY detector_id, paymtd, group_code
  HAVING max(n) >= max((p->>'min_agreement')::DOUBLE) * sum(n) AND sum(n) >= max((p->>'min_cases')::INTEGER)
),
computed AS (
  SELECT c.*, coalesce(u.points, c.own_points)::DOUBLE * c.hosp_coef::DOUBLE * coalesce(c.adj_coef, 1)::DOUBLE
    * c.point_value::DOUBLE AS computed
  FROM complete c LEFT JOIN usual u USING (detector_id, paymtd, group_code) WHERE c.own_points > 0
),
agreed AS (
  SELECT *, abs(std_fee::DOUBLE / computed - 1) <= (p->>'tolerance')::DOUBLE AS agrees FROM computed
)
SELECT detector_id, 'drg_setl_d', setl_id, least(to_cent(std_fee::DOUBLE - computed), net_inscp) FROM agreed
QUALIFY NOT agrees AND std_fee::DOUBLE > computed
  AND avg(agrees::INTEGER) OVER (PARTITION BY detector_id, paymtd) >= (p->>'min_agreement')::DOUBLE;
