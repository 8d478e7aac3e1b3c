-- Out-patient charges around a stay paid by case, for what belongs to that stay.
CREATE OR REPLACE TEMP TABLE judged_stay AS
SELECT c.detector_id, s.mdtrt_id AS stay_id, s.psn_no, s.fixmedins_code AS house, s.stay_begin, s.stay_end,
       left(s.stay_diag, 3) AS illness, m.per_case
FROM stay s
JOIN (
  SELECT b.mdtrt_id, bool_or(coalesce(b.hi_paymtd IN ('2', '3', '4'), false) OR g.setl_id IS NOT NULL) AS per_case
  FROM bill b LEFT JOIN (SELECT DISTINCT setl_id FROM read_parquet(getvariable('drg_setl_d'))) g USING (setl_id)
  GROUP BY b.mdtrt_id HAVING bool_or(b.hi_paymtd IS NOT NULL OR g.setl_id IS NOT NULL)
) m USING (mdtrt_id)
JOIN card c ON c.kind = 'cost_shifting' AND NOT fits(c.p->>'skip_diagnoses', s.stay_diag);

CREATE OR REPLACE TEMP TABLE around AS
WITH met AS (
  SELECT j.detector_id, j.stay_id, j.illness, j.per_case, l.bkkp_sn, l.psn_no, l.fixmedins_code, l.fee_date,
         l.med_list_codg, l.med_type, l.main_diag, l.net_inscp, j.house = l.fixmedins_code AS own,
         greatest(j.stay_begin - l.fee_date, l.fee_date - j.stay_end) AS away
  FROM line l JOIN judged_stay j USING (psn_no)
  WHERE NOT l.inpatient AND l.med_chrgitm_type IN ('03', '04', '08', '09', '10', '11')
)
SELECT *, min(away) OVER (PARTITION BY detector_id, fixmedins_code, bkkp_sn) AS least_away FROM met
QUALIFY row_number() OVER (PARTITION BY detector_id, fixmedins_code, bkkp_sn ORDER BY own DESC, away, stay_id) = 1;

CREATE OR REPLACE TEMP TABLE shifted AS
WITH phased AS (
  SELECT a.*, c.p, CASE WHEN away < 0 OR away BETWEEN 1 AND (c.p->>'window')::INTEGER THEN 'near'
                        WHEN away BETWEEN (c.p->>'window')::INTEGER + 1 AND 3 * (c.p->>'window')::INTEGER THEN 'far' END
                     AS phase
  FROM around a JOIN card c USING (detector_id)
  WHERE own AND NOT fits(c.p->>'skip_diagnoses', a.main_diag) AND NOT fits(c.skip_types, a.med_type)
    AND NOT starts_with(a.med_type, '41')
),
named AS (SELECT * FROM phased WHERE phase IS NOT NULL),
held AS (SELECT mdtrt_id, med_list_codg, left(main_diag, 3) AS illness FROM line WHERE inpatient),
usual AS (
  SELECT i.detector_id, i.illness, i.med_list_codg FROM (
    SELECT n.detector_id, n.p, illness, med_list_codg, count(DISTINCT h.mdtrt_id) AS holding
    FROM held h JOIN (SELECT DISTINCT detector_id, p, illness, med_list_codg FROM named) n USING (illness, med_list_codg)
    GROUP BY ALL
  ) i JOIN (SELECT illness, count(DISTINCT mdtrt_id) AS stays FROM held GROUP BY ALL) s USING (illness)
  WHERE i.holding / s.stays >= (i.p->>'usual_share')::DOUBLE AND s.stays >= (i.p->>'usual_stays')::INTEGER
),
other_times AS (
  SELECT DISTINCT a.detector_id, psn_no, med_list_codg FROM around a JOIN card c USING (detector_id)
  WHERE least_away > (c.p->>'window')::INTEGER
)
SELECT n.*, o.psn_no IS NOT NULL AS regular FROM named n
LEFT JOIN other_times o USING (detector_id, psn_no, med_list_codg)
LEFT JOIN usual u USING (detector_id, illness, med_list_codg)
WHERE coalesce(left(n.main_diag, 3) = n.illness, true) OR coalesce(n.main_diag[1] IN ('R', 'Z'), true)
   OR u.illness IS NOT NULL;

INSERT INTO found
WITH seen AS (
  SELECT detector_id, fixmedins_code, any_value(p) AS p,
         count(DISTINCT {s: stay_id, d: fee_date}) FILTER (per_case AND phase = 'near') AS near,
         count(DISTINCT {s: stay_id, d: fee_date}) FILTER (per_case AND phase = 'far') AS far,
         count(DISTINCT {s: stay_id, d: fee_date}) FILTER (NOT per_case AND phase = 'near') AS near_unpaid
  FROM shifted GROUP BY detector_id, fixmedins_code
),
lain AS (
  SELECT detector_id, house AS fixmedins_code, count(*) FILTER (per_case) AS paid, count(*) FILTER (NOT per_case) AS unpaid
  FROM judged_stay GROUP BY ALL
),
house AS (
  SELECT detector_id, fixmedins_code FROM seen JOIN lain USING (detector_id, fixmedins_code)
  WHERE paid > 0 AND near >= (p->>'times_far')::DOUBLE * far / 2
    AND (unpaid < (p->>'unpaid_stays')::INTEGER
      OR near / paid >= (p->>'times_unpaid')::DOUBLE * coalesce(near_unpaid / nullif(unpaid, 0), 0))
)
SELECT detector_id, 'fee_list_d', bkkp_sn, net_inscp FROM shifted SEMI JOIN house USING (detector_id, fixmedins_code)
WHERE phase = 'near' AND per_case AND NOT regular;
