-- A panel and its members of the same day: as many members as panels, those nearest in time.
INSERT INTO found
WITH met AS (
  SELECT s.detector_id, s.point_id, s.fixmedins_code, s.psn_no, s.bkkp_sn, s.med_list_codg, s.fee_ocur_time, s.net_cnt,
         s.net_inscp, CASE WHEN s."window" = 'visit' THEN s.mdtrt_id ELSE s.fee_date::VARCHAR END AS bucket,
         sum(m.net_cnt) AS panels, min(abs(epoch(m.fee_ocur_time) - epoch(s.fee_ocur_time))) AS gap
  FROM sided s
  JOIN sided m
    ON m.kind = 'panel_members' AND m.side = 'item' AND m.detector_id = s.detector_id AND m.point_id = s.point_id
   AND m.fixmedins_code = s.fixmedins_code AND m.psn_no = s.psn_no
   AND CASE WHEN m."window" = 'visit' THEN m.mdtrt_id ELSE m.fee_date::VARCHAR END
       = CASE WHEN s."window" = 'visit' THEN s.mdtrt_id ELSE s.fee_date::VARCHAR END
   AND m.bkkp_sn <> s.bkkp_sn
   AND (coalesce(m.med_list_codg, '') <> coalesce(s.med_list_codg, '') OR m.hilist_name <> s.hilist_name)
   AND (NOT coalesce(s.mutual, false) OR m.net_inscp > s.net_inscp
        OR (m.net_inscp = s.net_inscp AND (m.fee_ocur_time < s.fee_ocur_time
            OR (m.fee_ocur_time = s.fee_ocur_time AND m.bkkp_sn < s.bkkp_sn))))
  WHERE s.kind = 'panel_members' AND s.side = 'other' AND s.meant
  GROUP BY ALL
),
covered AS (
  SELECT *, least(net_cnt, greatest(panels - (sum(net_cnt) OVER near - net_cnt), 0)) AS units
  FROM met
  WINDOW near AS (PARTITION BY detector_id, point_id, fixmedins_code, psn_no, bucket, med_list_codg
                  ORDER BY gap, fee_ocur_time, bkkp_sn ROWS UNBOUNDED PRECEDING)
)
SELECT detector_id, 'fee_list_d', bkkp_sn, share_of(net_inscp, units, net_cnt) FROM covered WHERE units > 0;
