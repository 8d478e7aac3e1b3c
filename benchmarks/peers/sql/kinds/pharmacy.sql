-- Prescription drugs without a prescription, supply piled up, services while the contract was suspended.
INSERT INTO found
WITH sold AS (
  SELECT DISTINCT setl_id, med_list_codg FROM read_parquet(getvariable('sel_d'))
  WHERE tidy(rxno) IS NOT NULL AND setl_id IS NOT NULL
),
marked AS (
  SELECT l.bkkp_sn, l.fixmedins_code, l.net_inscp, date_trunc('month', l.fee_date) AS in_month,
         (l.rx_drord_no IS NOT NULL OR s.setl_id IS NOT NULL)::INTEGER AS told
  FROM line l LEFT JOIN sold s USING (setl_id, med_list_codg)
  WHERE l.fixmedins_type = '2' AND l.rx_flag = 1
)
SELECT c.detector_id, 'fee_list_d', m.bkkp_sn, m.net_inscp
FROM (SELECT *, avg(told) OVER (PARTITION BY fixmedins_code, in_month) AS share FROM marked) m
JOIN card c ON c.kind = 'rx_without_prescription' AND m.share >= (c.p->>'min_month_share')::DOUBLE
WHERE m.told = 0;

INSERT INTO found
WITH lines AS (
  SELECT c.detector_id, (c.p->>'max_days_in_hand')::INTEGER AS most, l.*,
         left(l.med_list_codg, (c.p->>'generic_chars')::INTEGER) AS generic
  FROM line l JOIN card c ON c.kind = 'over_supply' AND list_contains(c.domains, l.domain)
  WHERE NOT l.inpatient AND l.med_list_codg IS NOT NULL
    AND l.prd_days BETWEEN 1 AND (c.p->>'longest_supply')::INTEGER
),
bought AS (
  SELECT detector_id, psn_no, generic, mdtrt_id, fee_date, max(prd_days) AS supply, min(fee_ocur_time) AS moment,
         max(most) AS most
  FROM lines GROUP BY detector_id, psn_no, generic, mdtrt_id, fee_date
),
running AS (
  SELECT *, sum(supply) OVER up_to AS supplied, fee_date - DATE '1970-01-01' AS day FROM bought
  WINDOW up_to AS (PARTITION BY detector_id, psn_no, generic ORDER BY fee_date, moment, mdtrt_id
                   ROWS UNBOUNDED PRECEDING)
),
beyond AS (
  SELECT *, least(supply, supplied + max(day - (supplied - supply)) OVER (
    PARTITION BY detector_id, psn_no, generic ORDER BY fee_date, moment, mdtrt_id ROWS UNBOUNDED PRECEDING)
    - day - most) AS excess
  FROM running
)
SELECT l.detector_id, 'fee_list_d', l.bkkp_sn, share_of(l.net_inscp, b.excess, b.supply)
FROM lines l JOIN beyond b USING (detector_id, mdtrt_id, psn_no, generic, fee_date) WHERE b.excess > 0;

INSERT INTO found
SELECT DISTINCT c.detector_id, 'fee_list_d', l.bkkp_sn, l.net_inscp
FROM line l
JOIN read_parquet(getvariable('fixmedins_paus_d')) s
  ON s.fixmedins_code = l.fixmedins_code AND l.fee_date > s.begntime
 AND coalesce(l.fee_date < s.endtime, true)
JOIN card c ON c.kind = 'outside_contract'
WHERE NOT (l.inpatient AND coalesce(l.visit_begin, l.fee_date) <= s.begntime)
  AND CASE c.p->>'where' WHEN 'pharmacy' THEN coalesce(l.fixmedins_type = '2', false) WHEN 'inpatient' THEN l.inpatient
      WHEN 'outpatient' THEN NOT l.inpatient AND NOT coalesce(l.fixmedins_type = '2', false) ELSE true END;
