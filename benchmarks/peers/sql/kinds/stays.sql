-- Stays that hold nothing but examinations or nothing but a bed; days with more persons than beds.
INSERT INTO found
WITH lines AS (
  SELECT c.detector_id, c.p, l.* FROM line l JOIN card c ON c.kind = 'exam_only_stay'
  WHERE l.inpatient AND l.setl_id IS NOT NULL AND coalesce(l.dscg_way, '1') = '1'
    AND NOT fits(c.p->>'skip_diagnoses', l.main_diag)
    AND l.visit_end - l.visit_begin <= (c.p->>'longest_stay')::INTEGER
),
idle AS (
  SELECT detector_id, mdtrt_id FROM lines GROUP BY detector_id, mdtrt_id
  HAVING coalesce(sum(net_inscp) FILTER (med_chrgitm_type IN ('03', '04')), 0)::DOUBLE
      >= max((p->>'min_exam_share')::DOUBLE)
         * coalesce(sum(net_inscp) FILTER (med_chrgitm_type NOT IN ('01', '02', '07')), 0)::DOUBLE
    AND coalesce(sum(net_inscp) FILTER (med_chrgitm_type NOT IN ('01', '02', '07')), 0) > 0
    AND coalesce(sum(net_inscp) FILTER (med_chrgitm_type IN ('03', '04')), 0)::DOUBLE
      >= max((p->>'min_exam_yuan')::DOUBLE)
    AND count(*) FILTER (med_chrgitm_type = '06') = 0
)
SELECT detector_id, 'fee_list_d', bkkp_sn, net_inscp FROM lines SEMI JOIN idle USING (detector_id, mdtrt_id);

INSERT INTO found
WITH lines AS (
  SELECT c.detector_id, c.p, l.bkkp_sn, l.mdtrt_id, l.fixmedins_code, l.fee_date, l.net_inscp, l.med_chrgitm_type,
         l.visit_end - l.visit_begin - 1 AS full_days, l.med_chrgitm_type NOT IN ('01', '02', '07') AS active
  FROM line l JOIN card c ON c.kind = 'idle_stay'
  WHERE l.inpatient AND l.setl_id IS NOT NULL AND l.fee_date > l.visit_begin AND l.fee_date < l.visit_end
    AND l.visit_end - l.visit_begin <= (c.p->>'longest_stay')::INTEGER
    AND NOT fits(c.p->>'skip_diagnoses', l.main_diag)
),
days AS (
  SELECT detector_id, any_value(p) AS p, fixmedins_code, mdtrt_id, fee_date, max(full_days) AS full_days,
         max(active::INTEGER) AS active
  FROM lines GROUP BY detector_id, fixmedins_code, mdtrt_id, fee_date
),
posting AS (
  SELECT detector_id, fixmedins_code FROM days GROUP BY ALL
  HAVING avg(1 - active) > max((p->>'batch_share')::DOUBLE)
),
judged AS (SELECT * FROM days ANTI JOIN posting USING (detector_id, fixmedins_code)),
idle AS (
  SELECT detector_id, mdtrt_id FROM judged GROUP BY detector_id, mdtrt_id
  HAVING (sum(active) = 0 OR sum(active) >= max((p->>'min_active_days')::INTEGER))
     AND sum(1 - active) >= max((p->>'min_idle_days')::INTEGER)
     AND sum(1 - active) / max(full_days) >= max((p->>'min_idle_share')::DOUBLE)
)
SELECT l.detector_id, 'fee_list_d', l.bkkp_sn, l.net_inscp FROM lines l
SEMI JOIN idle i ON i.detector_id = l.detector_id AND i.mdtrt_id = l.mdtrt_id
SEMI JOIN (SELECT * FROM judged WHERE active = 0) e
  ON e.detector_id = l.detector_id AND e.mdtrt_id = l.mdtrt_id AND e.fee_date = l.fee_date
WHERE l.med_chrgitm_type IN ('01', '02', '07');

INSERT INTO found
WITH census AS (
  SELECT c.detector_id, any_value(c.p) AS p, s.fixmedins_code, day::DATE AS fee_date,
         count(DISTINCT s.psn_no) AS persons
  FROM stay s JOIN card c ON c.kind = 'census_over_beds',
       unnest(generate_series(s.stay_begin, s.stay_end - 1, INTERVAL 1 DAY)) AS t(day)
  WHERE s.stay_end - s.stay_begin BETWEEN 1 AND (c.p->>'longest_stay')::INTEGER
    AND NOT fits(c.p->>'skip_diagnoses', s.stay_diag)
  GROUP BY c.detector_id, s.fixmedins_code, day
),
full_days AS (
  SELECT n.*, i.aprv_bed_cnt AS beds
  FROM census n JOIN institution i USING (fixmedins_code)
  WHERE i.aprv_bed_cnt > 0 AND n.persons > i.aprv_bed_cnt * (p->>'tolerance')::DOUBLE
  QUALIFY count(*) OVER (PARTITION BY detector_id, fixmedins_code) >= (p->>'min_days')::INTEGER
)
SELECT f.detector_id, 'fee_list_d', l.bkkp_sn,
       share_of(l.net_inscp, l.net_cnt::DOUBLE * ((f.persons - f.beds) / f.persons), l.net_cnt)
FROM line l JOIN full_days f USING (fixmedins_code, fee_date)
WHERE l.inpatient AND l.med_chrgitm_type IN ('01', '02', '07');
