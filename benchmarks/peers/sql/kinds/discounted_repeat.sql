-- Further parts at full price where the price list grants a discount; the dearest unit keeps its price.
INSERT INTO found
WITH matched AS (
  SELECT s.*, CASE WHEN "window" = 'visit' THEN mdtrt_id ELSE fee_date::VARCHAR END AS bucket,
         max(pric) OVER (PARTITION BY detector_id, fixmedins_code, hilist_name) AS full_price,
         coalesce((c.p->>'between_points')::BOOLEAN, false) AS between_points
  FROM sided s JOIN card c USING (detector_id)
  WHERE s.kind = 'discounted_repeat' AND side = 'item' AND meant
),
ranked AS (
  SELECT *, sum(net_cnt) OVER so_far - net_cnt AS before, first_value(point_id) OVER so_far AS first_point,
         sum(net_cnt) OVER (PARTITION BY detector_id, group_id, fixmedins_code, psn_no, bucket) AS together
  FROM matched
  WINDOW so_far AS (PARTITION BY detector_id, group_id, fixmedins_code, psn_no, bucket
                    ORDER BY pric DESC, fee_ocur_time, bkkp_sn ROWS UNBOUNDED PRECEDING)
),
further AS (
  SELECT *, least(net_cnt, greatest(net_cnt + before - 1, 0)) AS units, coalesce(limit_value, 50)::INTEGER AS keep,
         (net_cnt * 10000)::BIGINT AS parts, (net_inscp * 100)::BIGINT AS cents
  FROM ranked WHERE together > 1
)
SELECT detector_id, 'fee_list_d', bkkp_sn,
       to_cent((CASE WHEN (parts % 10000 <> 0 AND parts % (keep * 100) = 0)
                     OR coalesce(pric * 100 <= full_price * keep + 1, false) THEN 0
                   ELSE (cents * (100 - keep) // 100) / 100.0 END)::DECIMAL(16, 2)::DOUBLE
             * units::DOUBLE / net_cnt::DOUBLE)
FROM further WHERE units > 0 AND (NOT between_points OR first_point <> point_id);
