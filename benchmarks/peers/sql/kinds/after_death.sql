-- Charged after death; a person served by many institutions after it is alive, and the register is wrong.
INSERT INTO found
WITH died AS (
  SELECT psn_no, max(die_date) AS died_on FROM (
    SELECT psn_no, die_date FROM person UNION ALL SELECT psn_no, die_date FROM visit
  ) WHERE die_date IS NOT NULL GROUP BY psn_no
),
late AS (
  SELECT l.bkkp_sn, l.psn_no, l.fixmedins_code, l.net_inscp, l.inpatient, l.fixmedins_type,
         l.fee_date - d.died_on AS after, coalesce(l.visit_begin <= d.died_on, false) AS begun
  FROM line l JOIN died d USING (psn_no) WHERE l.fee_date > d.died_on
),
held AS (
  SELECT c.detector_id, c.p->>'where' AS place, (c.p->>'max_institutions')::INTEGER AS many, t.*
  FROM late t JOIN card c ON c.kind = 'after_death'
   AND t.after > CASE WHEN t.begun THEN (c.p->>'stay_grace_days')::INTEGER ELSE (c.p->>'grace_days')::INTEGER END
),
dead AS (
  SELECT detector_id, psn_no FROM held GROUP BY ALL HAVING count(DISTINCT fixmedins_code) <= max(many)
)
SELECT detector_id, 'fee_list_d', bkkp_sn, net_inscp FROM held SEMI JOIN dead USING (detector_id, psn_no)
WHERE CASE place WHEN 'pharmacy' THEN coalesce(fixmedins_type = '2', false) WHEN 'inpatient' THEN inpatient
      WHEN 'outpatient' THEN NOT inpatient AND NOT coalesce(fixmedins_type = '2', false) ELSE true END;
