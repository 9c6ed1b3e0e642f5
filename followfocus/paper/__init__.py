"""What leaves set: reports, certificates, focus tracks and plots."""
