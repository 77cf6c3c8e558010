output "role_arn" {
  description = "The role that Plimsoll assumes"
  value       = aws_iam_role.plimsoll.arn
}
