-- Lines that stand in a knowledge point, once for the side of the pair they are. `meant` = no exception of the card
-- leaves the line out. A point holds in its region and between its dates.

CREATE OR REPLACE MACRO in_region(region, place) AS
  (split_part(region, '-', 1) = '000000'
   OR coalesce(starts_with(place, regexp_replace(split_part(region, '-', 1), '(0000|00)$', '')), false))
  AND NOT coalesce(len(list_filter(string_split(region, '-')[2:], lambda one: starts_with(place, one))) > 0, false);

-- Patterns meet the few values that occur, never the lines.
CREATE OR REPLACE TABLE hit AS
SELECT pattern, value FROM (SELECT DISTINCT skip_departments AS pattern FROM card WHERE skip_departments IS NOT NULL),
  (SELECT DISTINCT acord_dept_codg AS value FROM line UNION SELECT DISTINCT bilg_dept_codg FROM line
   UNION SELECT DISTINCT adm_dept_codg FROM line)
WHERE regexp_matches(value, pattern)
UNION
SELECT pattern, value FROM (SELECT DISTINCT coalesce(skip_diagnoses, p->>'skip_diagnoses') AS pattern FROM card),
  (SELECT DISTINCT dscg_maindiag_code AS value FROM visit)
WHERE regexp_matches(value, pattern)
UNION
SELECT pattern, value FROM (SELECT skip_types AS pattern FROM card UNION SELECT only_types FROM card
                            UNION SELECT visit_types FROM card),
  (SELECT DISTINCT med_type AS value FROM line)
WHERE regexp_matches(value, pattern)
UNION
SELECT pattern, value FROM (SELECT DISTINCT p->>'exclude_name' AS pattern FROM card),
  (SELECT DISTINCT name AS value FROM item_domain)
WHERE regexp_matches(value, pattern);

CREATE OR REPLACE MACRO fits(pattern, value) AS coalesce((pattern, value) IN (SELECT (h.pattern, h.value) FROM hit h), false);

CREATE OR REPLACE TABLE known_line AS
SELECT * FROM line
WHERE coalesce(med_list_codg, '') IN
  (SELECT item_code FROM point WHERE item_code IS NOT NULL UNION SELECT other_code FROM point
   WHERE other_code IS NOT NULL);

CREATE OR REPLACE TABLE sided AS
WITH sides AS (
  SELECT DISTINCT 'item' AS side, detector_id, point_id, group_id, limit_value, limit_unit, "window", region, params,
         effective_from, effective_to, mutual, item_code AS code, item_name AS name
  FROM point WHERE item_code IS NOT NULL
  UNION ALL
  SELECT DISTINCT 'other', detector_id, point_id, group_id, limit_value, limit_unit, "window", region, params,
         effective_from, effective_to, mutual, other_code, other_name
  FROM point WHERE other_code IS NOT NULL
)
SELECT s.side, c.kind, s.detector_id, s.point_id, s.group_id, s.limit_value, s.limit_unit, s."window", s.mutual, s.params,
       l.bkkp_sn, l.setl_id, l.mdtrt_id, l.psn_no, l.fixmedins_code, l.fee_ocur_time, l.fee_date, l.med_list_codg,
       l.hilist_name, l.pric, l.net_cnt, l.net_inscp, l.med_type, l.med_chrgitm_type, l.inpatient, l.gend, l.age, l.visit_begin, l.visit_end,
       l.dscg_way,
       coalesce(l.age >= c.age_from, true) AND coalesce(l.age < c.age_below, true)
         AND (c.skip_departments IS NULL OR NOT (fits(c.skip_departments, l.acord_dept_codg)
           OR fits(c.skip_departments, l.bilg_dept_codg) OR fits(c.skip_departments, l.adm_dept_codg)))
         AND (c.skip_diagnoses IS NULL OR NOT fits(c.skip_diagnoses, l.main_diag))
         AND (c.skip_types IS NULL OR NOT fits(c.skip_types, l.med_type))
         AND (c.only_types IS NULL OR l.med_type IS NULL OR fits(c.only_types, l.med_type)) AS meant
FROM known_line l
JOIN sides s ON s.code = coalesce(l.med_list_codg, '') AND (s.name IS NULL OR s.name = l.hilist_name)
JOIN card c ON c.detector_id = s.detector_id
WHERE coalesce(l.fee_date >= s.effective_from, true) AND coalesce(l.fee_date <= s.effective_to, true)
  AND in_region(s.region, l.fix_blng_admdvs);

-- What every kind of the script below adds to: one row per detector and line, the largest amount wins at the end.
CREATE OR REPLACE TABLE found (detector_id VARCHAR, "table" VARCHAR, bkkp_sn VARCHAR, violation_amount DECIMAL(16, 2));

-- Half a cent goes up, also where floating numbers leave the product a hair below it.
CREATE OR REPLACE MACRO to_cent(yuan) AS round(yuan + 1e-7, 2)::DECIMAL(16, 2);
CREATE OR REPLACE MACRO share_of(inscp, excess, quantity) AS
  to_cent(inscp::DOUBLE * least(CASE WHEN quantity > 0 THEN greatest(excess::DOUBLE, 0) / quantity::DOUBLE ELSE 0 END, 1));
