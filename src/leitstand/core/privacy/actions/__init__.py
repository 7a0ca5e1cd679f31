"""The only writers of data protection: answers, erasure, periods, deletion runs."""
