-- More bed, nursing or consultation days than the stay has.
INSERT INTO found
WITH matched AS (
  SELECT s.*, CASE WHEN coalesce(group_id, '') = '' THEN point_id ELSE group_id END AS item,
         greatest(visit_end - visit_begin, 1) AS days, coalesce((c.p->>'tolerance_days')::DOUBLE, 0) AS tolerance,
         coalesce((c.p->>'moves')::BOOLEAN, true) AS moves
  FROM sided s JOIN card c USING (detector_id)
  WHERE s.kind = 'days_over_stay' AND side = 'item' AND meant AND visit_end IS NOT NULL
),
kinds AS (
  SELECT detector_id, item, mdtrt_id, count(DISTINCT coalesce(med_list_codg, hilist_name)) AS kinds
  FROM matched GROUP BY ALL
),
over AS (
  SELECT *, least(net_cnt, greatest(sum(net_cnt) OVER (
    PARTITION BY detector_id, item, mdtrt_id ORDER BY fee_ocur_time, bkkp_sn ROWS UNBOUNDED PRECEDING)
    - (days * coalesce(limit_value, 1) + tolerance + CASE WHEN moves THEN kinds - 1 ELSE 0 END), 0)) AS excess
  FROM matched JOIN kinds USING (detector_id, item, mdtrt_id)
)
SELECT detector_id, 'fee_list_d', bkkp_sn, share_of(net_inscp, excess::DECIMAL(16, 4), net_cnt) FROM over
WHERE excess::DECIMAL(16, 4) > 0;
