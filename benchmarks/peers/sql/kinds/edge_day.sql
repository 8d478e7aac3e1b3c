-- A full day of treatment on the day of discharge.
INSERT INTO found
WITH once AS (
  SELECT DISTINCT ON (detector_id, bkkp_sn) *, fee_date = visit_end AS last_day FROM sided
  WHERE kind = 'edge_day' AND side = 'item' AND meant AND visit_end > visit_begin
),
stays AS (
  SELECT detector_id, mdtrt_id, sum(net_cnt) FILTER (last_day)::DOUBLE AS last,
         sum(net_cnt) FILTER (NOT last_day)::DOUBLE AS before, count(DISTINCT fee_date) FILTER (NOT last_day) AS days
  FROM once GROUP BY ALL
)
SELECT o.detector_id, 'fee_list_d', o.bkkp_sn, o.net_inscp
FROM once o JOIN stays s USING (detector_id, mdtrt_id) JOIN card c USING (detector_id)
WHERE o.last_day AND s.days > 0 AND s.last >= coalesce((c.p->>'full_share')::DOUBLE, 1) * s.before / s.days;
