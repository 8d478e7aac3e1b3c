-- Ordered or performed in the name of somebody who had left, as a habit.
INSERT INTO found
WITH gone AS (
  SELECT trim(dr_code) AS code, max(main_fixmedins_code) AS fixmedins_code, max(nemp_time)::DATE AS left_on
  FROM read_parquet(getvariable('dr_info_b')) WHERE length(trim(dr_code)) > 0 GROUP BY ALL
  HAVING count(*) = 1 AND max(nemp_time) IS NOT NULL AND max(coalesce(mul_prac_flag, 0)) = 0
),
named AS (
  SELECT DISTINCT unnest([trim(bilg_dr_code), trim(acord_dr_code)]) AS code, bkkp_sn, fixmedins_code, psn_no, fee_date,
         net_inscp, inpatient, fixmedins_type
  FROM line WHERE fixmedins_code IN (SELECT fixmedins_code FROM gone)
),
late AS (
  SELECT c.detector_id, c.p, n.* FROM named n JOIN gone g USING (code, fixmedins_code)
  JOIN card c ON c.kind = 'ordered_after_leaving' AND CASE c.p->>'where' WHEN 'inpatient' THEN n.inpatient
    WHEN 'pharmacy' THEN coalesce(n.fixmedins_type = '2', false)
    ELSE NOT n.inpatient AND n.fixmedins_type IS DISTINCT FROM '2' END
  WHERE n.fee_date - g.left_on > (c.p->>'grace_days')::INTEGER
)
SELECT detector_id, 'fee_list_d', bkkp_sn, net_inscp FROM late SEMI JOIN (
  SELECT detector_id, fixmedins_code, code FROM late GROUP BY ALL
  HAVING count(DISTINCT fee_date) >= max((p->>'min_days')::INTEGER)
     AND count(DISTINCT psn_no) >= max((p->>'min_persons')::INTEGER)
) USING (detector_id, fixmedins_code, code);
