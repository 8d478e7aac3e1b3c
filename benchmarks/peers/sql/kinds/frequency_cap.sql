-- More units than a day or a visit can hold; units of days without entries may be booked a day late, and bed, nursing
-- or consultation of a whole stay on one of its days.
INSERT INTO found
WITH matched AS (
  SELECT s.*, coalesce((c.p->>'catch_up_days')::INTEGER, 1) AS late,
         CASE WHEN c.p->>'per' = 'point' THEN '' ELSE coalesce(med_list_codg, hilist_name) END AS item,
         CASE WHEN "window" = 'visit' THEN mdtrt_id ELSE fee_date::VARCHAR END AS bucket
  FROM sided s JOIN card c USING (detector_id)
  WHERE s.kind = 'frequency_cap' AND side = 'item' AND meant
),
busy AS (
  SELECT DISTINCT detector_id, point_id, fixmedins_code, psn_no, item FROM (
    SELECT detector_id, point_id, fixmedins_code, psn_no, item, bucket FROM matched
    GROUP BY ALL HAVING sum(net_cnt) > max(limit_value)
  )
),
dated AS (
  SELECT m.*, max(fee_date) OVER (PARTITION BY detector_id, point_id, mdtrt_id, item ORDER BY fee_date
    RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 DAY PRECEDING) AS last_day,
    coalesce("window" = 'day' AND med_chrgitm_type IN ('01', '02', '07') AND inpatient
      AND min(fee_date) OVER whole = max(fee_date) OVER whole
      AND sum(net_cnt) OVER whole <= limit_value * (coalesce(visit_end, fee_date) - visit_begin + 1), false) AS posted
  FROM matched m SEMI JOIN busy USING (detector_id, point_id, fixmedins_code, psn_no, item)
  WINDOW whole AS (PARTITION BY detector_id, point_id, mdtrt_id, item)
),
allowed AS (
  SELECT *, limit_value * CASE WHEN "window" = 'visit' THEN 1 ELSE least(
    greatest(coalesce(fee_date - last_day::DATE, fee_date - visit_begin + 1, 1), 1), 1 + late) END AS allowed
  FROM dated WHERE NOT posted
),
over AS (
  SELECT *, least(net_cnt, greatest(sum(net_cnt) OVER (
    PARTITION BY detector_id, point_id, fixmedins_code, psn_no, item, bucket ORDER BY fee_ocur_time, bkkp_sn
    ROWS UNBOUNDED PRECEDING) - allowed, 0)) AS excess
  FROM allowed
)
SELECT detector_id, 'fee_list_d', bkkp_sn, share_of(net_inscp, excess::DECIMAL(16, 4), net_cnt)
FROM over WHERE excess::DECIMAL(16, 4) > 0;
