-- Add-ons beyond their main exam of the day; a main exam on a neighbouring day excuses one without.
INSERT INTO found
WITH addons AS (SELECT * FROM sided WHERE kind = 'addon_over_main' AND side = 'item' AND meant),
mains AS (
  SELECT detector_id, point_id, fixmedins_code, psn_no, fee_date, sum(net_cnt) AS mains
  FROM sided WHERE kind = 'addon_over_main' AND side = 'other' GROUP BY ALL
),
met AS (
  SELECT a.*, m.mains,
         (c.p->>'without_main' = 'false') AS mains_only,
         EXISTS (SELECT 1 FROM mains n WHERE n.detector_id = a.detector_id AND n.point_id = a.point_id
                   AND n.fixmedins_code = a.fixmedins_code AND n.psn_no = a.psn_no AND n.fee_date <> a.fee_date
                   AND abs(n.fee_date - a.fee_date) <= coalesce((c.p->>'main_within_days')::INTEGER, 1)) AS near
  FROM addons a JOIN card c USING (detector_id)
  LEFT JOIN mains m USING (detector_id, point_id, fixmedins_code, psn_no, fee_date)
),
over AS (
  SELECT *, least(net_cnt, greatest(sum(net_cnt) OVER (
    PARTITION BY detector_id, point_id, fixmedins_code, psn_no, fee_date ORDER BY fee_ocur_time, bkkp_sn
    ROWS UNBOUNDED PRECEDING) - coalesce(limit_value, 1) * coalesce(mains, 0)::DOUBLE, 0)) AS excess
  FROM met WHERE NOT (mains IS NULL AND (near OR coalesce(mains_only, false)))
)
SELECT detector_id, 'fee_list_d', bkkp_sn, share_of(net_inscp, excess::DECIMAL(16, 4), net_cnt) FROM over
WHERE excess > 0;
