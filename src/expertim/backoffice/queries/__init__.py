"""What operators read: values, one statement each, whatever the number of rows. Amounts are hundredths."""
