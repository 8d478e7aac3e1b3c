-- Goods without the procedure that uses them, or more than it takes.
INSERT INTO found
WITH involved AS (
  SELECT s.*, coalesce((c.p->>'days_around')::INTEGER, 0) AS around,
         CASE WHEN "window" = 'day' THEN fee_date::VARCHAR ELSE mdtrt_id END AS bucket
  FROM sided s JOIN card c USING (detector_id)
  WHERE s.kind = 'goods_per_procedure' AND side = 'item' AND meant
),
procedures AS (
  SELECT detector_id, group_id, fixmedins_code, psn_no, bucket, sum(units) AS done FROM (
    SELECT detector_id, group_id, fixmedins_code, psn_no, bucket, bkkp_sn, max(net_cnt) AS units
    FROM involved WHERE limit_unit = 'procedure' GROUP BY ALL
  ) GROUP BY ALL
),
days AS (
  SELECT DISTINCT detector_id, group_id, fixmedins_code, psn_no, fee_date FROM involved
  WHERE limit_unit = 'procedure' AND "window" = 'day'
),
listed AS (SELECT DISTINCT tidy(setl_id) AS setl_id FROM read_parquet(getvariable('setl_list_oprn_d'))),
met AS (
  SELECT g.*, p.done, coalesce(g."window", '') <> 'day' AND g.setl_id IN (SELECT setl_id FROM listed) AS listed,
         EXISTS (SELECT 1 FROM days d WHERE d.detector_id = g.detector_id AND d.group_id = g.group_id
                   AND d.fixmedins_code = g.fixmedins_code AND d.psn_no = g.psn_no
                   AND g."window" = 'day' AND d.fee_date <> g.fee_date
                   AND abs(d.fee_date - g.fee_date) <= g.around) AS near
  FROM involved g
  LEFT JOIN procedures p ON p.detector_id = g.detector_id AND p.group_id = g.group_id
    AND p.fixmedins_code = g.fixmedins_code AND p.psn_no = g.psn_no AND p.bucket = g.bucket
  WHERE g.limit_unit <> 'procedure'
    AND (g."window" = 'day'
         OR coalesce(g.visit_begin >= (SELECT min(fee_date) FROM known_line), true))
),
over AS (
  SELECT *, least(net_cnt, greatest(sum(net_cnt) OVER (
    PARTITION BY detector_id, group_id, fixmedins_code, psn_no, point_id, bucket ORDER BY fee_ocur_time, bkkp_sn
    ROWS UNBOUNDED PRECEDING) - coalesce(limit_value, 1) * coalesce(done, 0)::DOUBLE, 0)) AS excess
  FROM met WHERE NOT (done IS NULL AND (near OR coalesce(listed, false)))
)
SELECT detector_id, 'fee_list_d', bkkp_sn, share_of(net_inscp, excess::DECIMAL(16, 4), net_cnt) FROM over
WHERE excess > 0;
