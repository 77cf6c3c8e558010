variable "cluster_name" {
  description = "The cluster; its authentication mode must know access entries (API or API_AND_CONFIG_MAP)"
  type        = string
}

variable "role_arn" {
  description = "The output role_arn of the module role. When that role is made anew, replace this entry as well"
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", var.role_arn))
    error_message = "The ARN of an IAM role."
  }
}
