-- One day's care cut into several visits: registered again within the hour by the same department for the same illness.
INSERT INTO found
WITH known AS (
  SELECT c.detector_id, c.p, v.fixmedins_code, v.psn_no, v.begntime::DATE AS day, v.adm_dept_codg AS dept,
         left(v.dscg_maindiag_code, (c.p->>'diagnosis_chars')::INTEGER) AS diag, v.mdtrt_id, v.begntime
  FROM visit v JOIN card c ON c.kind = 'split_visits' AND fits(c.visit_types, v.med_type)
  WHERE v.adm_dept_codg IS NOT NULL AND v.dscg_maindiag_code IS NOT NULL
    AND NOT regexp_matches(left(v.dscg_maindiag_code, (c.p->>'diagnosis_chars')::INTEGER), c.p->>'skip_diagnoses')
),
several AS (
  SELECT detector_id, fixmedins_code, psn_no, day, dept, diag FROM known GROUP BY ALL HAVING count(*) > 1
),
gapped AS (
  SELECT k.*, epoch(begntime) - lag(epoch(begntime)) OVER in_day AS gap
  FROM known k SEMI JOIN several USING (detector_id, fixmedins_code, psn_no, day, dept, diag)
  WHERE k.begntime <> k.day
  WINDOW in_day AS (PARTITION BY detector_id, fixmedins_code, psn_no, day, dept, diag ORDER BY begntime, mdtrt_id)
),
parted AS (
  SELECT *, sum(CASE WHEN gap / 60 <= (p->>'max_minutes')::DOUBLE THEN 0 ELSE 1 END) OVER (
    PARTITION BY detector_id, fixmedins_code, psn_no, day, dept, diag ORDER BY begntime, mdtrt_id
    ROWS UNBOUNDED PRECEDING) AS part
  FROM gapped
),
chain AS (
  SELECT detector_id, p, mdtrt_id, min(mdtrt_id) OVER run AS chain, count(*) OVER run AS turns,
         row_number() OVER (PARTITION BY detector_id, fixmedins_code, psn_no, day, dept, diag, part
                            ORDER BY begntime, mdtrt_id) AS turn
  FROM parted
  WINDOW run AS (PARTITION BY detector_id, fixmedins_code, psn_no, day, dept, diag, part)
),
again AS (
  SELECT h.detector_id, h.p, l.bkkp_sn, l.fixmedins_code, l.psn_no, l.net_inscp
  FROM line l JOIN chain h USING (mdtrt_id) JOIN card c USING (detector_id)
  WHERE h.turns > 1 AND l.med_list_codg IS NOT NULL AND list_contains(c.domains, l.domain)
    AND fits(c.visit_types, l.med_type)
  QUALIFY h.turn > first(h.turn) OVER (PARTITION BY h.detector_id, h.chain, l.med_list_codg ORDER BY h.turn, l.bkkp_sn)
)
SELECT detector_id, 'fee_list_d', bkkp_sn, net_inscp FROM again SEMI JOIN (
  SELECT detector_id, fixmedins_code FROM again GROUP BY ALL
  HAVING count(DISTINCT psn_no) >= max((p->>'min_persons')::INTEGER)
) USING (detector_id, fixmedins_code);
