output "entry_arn" {
  description = "The entry"
  value       = aws_eks_access_entry.plimsoll.access_entry_arn
}
