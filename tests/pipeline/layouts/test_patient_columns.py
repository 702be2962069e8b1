import pytest

from pipeline.layouts.patient_columns import patient_columns

PATIENTS = [
    "patient", "Patient ID", "patientId", "PATIENT_NO", "subject", "subject-id", "SubjectNumber",
    "person_id", "participant", "case", "case_id", "pid", "mrn", "anon_patient_id", "Patient Name",
    "patients", "patient_id_2", "PatientIdentifier", "ptid",
]  # fmt: skip
OTHERS = [
    "path", "label", "id", "group", "split", "Patient Age", "PatientSex", "Patient Gender",
    "Follow-up #", "View Position", "PatientPosition", "study_id", "patient_weight", "case_type",
    "rapid", "compartment", "subjective", "casework", "",
]  # fmt: skip


@pytest.mark.parametrize("name", PATIENTS)
def test_names_of_patients(name):
    assert patient_columns([name]) == [name]


@pytest.mark.parametrize("name", OTHERS)
def test_names_of_other_things(name):
    assert patient_columns([name]) == []
