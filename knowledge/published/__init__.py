"""Published knowledge tables (两库知识点) read as they are: CSV or XLSX in, knowledge points and refused rows out.

Why: every batch has its own headings and says its limits in a column, in a remark or in a second file; which heading
means what and which word means which limit is data (layouts.yaml), so that a new batch is a few lines of it.
"""
