"""Training of more than a head: the arms, their loop, and how a killed training resumes."""
