-- Single lines against who, where and how many: sex, age, kind of visit, level of the institution, quantity.
INSERT INTO found
SELECT s.detector_id, 'fee_list_d', s.bkkp_sn,
       CASE WHEN s.kind = 'quantity_per_line' THEN share_of(s.net_inscp, s.net_cnt::DOUBLE - s.limit_value, s.net_cnt)
            ELSE s.net_inscp END
FROM sided s JOIN card c USING (detector_id) LEFT JOIN institution i USING (fixmedins_code)
WHERE side = 'item' AND meant AND CASE s.kind
  WHEN 'restricted_sex' THEN s.gend IN ('1', '2') AND s.gend <> s.limit_value::INTEGER::VARCHAR
  WHEN 'restricted_age' THEN (s.limit_unit = 'years_below' AND s.age >= s.limit_value)
    OR (s.limit_unit = 'years_from' AND s.age < s.limit_value)
  WHEN 'restricted_visit_type' THEN s.med_type IS NOT NULL AND NOT fits(c.visit_types, s.med_type)
  WHEN 'restricted_institution_level' THEN i.fixmedins_type <> '2' AND CASE
      WHEN list_contains((c.p->'levels'->'3')::VARCHAR[], i.hosp_lv) THEN 3
      WHEN list_contains((c.p->'levels'->'2')::VARCHAR[], i.hosp_lv) THEN 2
      WHEN list_contains((c.p->'levels'->'1')::VARCHAR[], i.hosp_lv) THEN 1
      WHEN list_contains((c.p->'levels'->'0')::VARCHAR[], i.hosp_lv)
       AND NOT coalesce(i.aprv_bed_cnt >= (c.p->>'large_from_beds')::INTEGER, false) THEN 0 END < s.limit_value
  WHEN 'quantity_per_line' THEN s.net_cnt > s.limit_value
  ELSE false END;
