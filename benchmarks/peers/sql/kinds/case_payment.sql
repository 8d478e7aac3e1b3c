-- Cases just above the border of outliers, and severity above the mean weight without complications.
CREATE OR REPLACE TEMP TABLE grouped_case AS
SELECT g.*, b.net_inscp, b.net_medfee::DOUBLE AS cost
FROM read_parquet(getvariable('drg_setl_d')) g
JOIN bill b USING (setl_id) WHERE NOT b.refund AND b.net_inscp > 0 AND b.net_medfee > 0
  AND strftime(b.setl_time, '%Y-%m') BETWEEN getvariable('first_month') AND getvariable('last_month');

INSERT INTO found
WITH borders AS (
  SELECT detector_id, (p->>'just_above')::DOUBLE AS near, (b->>0)::DOUBLE AS points, (b->>1)::DOUBLE AS times
  FROM card, unnest((p->'borders')::JSON[]) AS t(b) WHERE kind = 'case_payment' AND p->>'mode' = 'outlier'
),
bordered AS (
  SELECT b.detector_id, g.setl_id, any_value(g.net_inscp) AS inscp, any_value(g.cost) AS cost,
         any_value(g.std_fee)::DOUBLE AS standard, any_value(g.cost / g.avg_fee::DOUBLE) AS times,
         min_by(b.times, b.points) AS border, max(b.near) AS near
  FROM grouped_case g JOIN borders b ON g.base_points <= b.points
  WHERE g.avg_fee > 0 AND g.std_fee > 0 GROUP BY b.detector_id, g.setl_id
)
SELECT detector_id, 'drg_setl_d', setl_id, round(inscp::DOUBLE * (greatest(cost - standard, 0) / cost), 2)
FROM bordered WHERE times >= border AND times < border * (1 + near);

INSERT INTO found
WITH plain AS (
  SELECT paymtd, adrg_code, avg(rw::DOUBLE) AS plain FROM grouped_case
  WHERE adrg_code IS NOT NULL AND lower(cc_level) = 'none' AND rw > 0 GROUP BY ALL
)
SELECT c.detector_id, 'drg_setl_d', g.setl_id, round(g.net_inscp::DOUBLE * (1 - n.plain / g.rw::DOUBLE), 2)
FROM grouped_case g JOIN plain n USING (paymtd, adrg_code)
JOIN card c ON c.kind = 'case_payment' AND c.p->>'mode' = 'severity'
WHERE lower(g.cc_level) IN ('cc', 'mcc') AND g.rw::DOUBLE > n.plain;
