variable "vendor_account_id" {
  description = "The account in which Plimsoll runs"
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.vendor_account_id))
    error_message = "An account's id is twelve digits."
  }
}

variable "external_id" {
  description = "Made by Plimsoll for this connection"
  type        = string

  validation {
    condition     = can(regex("^plm-[0-9a-z]{16,}$", var.external_id))
    error_message = "The ExternalId is the one that Plimsoll made: plm- and small letters and digits."
  }
}

variable "account_scanner_role" {
  description = "The role in that account that finds clusters here"
  type        = string
  default     = "plimsoll-scan-account"
}

variable "cluster_scanner_role" {
  description = "The role in that account that reads clusters here"
  type        = string
  default     = "plimsoll-scan-cluster"
}

variable "role_name" {
  description = "Name of the role made here"
  type        = string
  default     = "PlimsollScanner"
}

variable "node_evidence" {
  description = "Whether Plimsoll may read what node-evidence-ssm.yaml has nodes leave in the inventory of Systems Manager: none or ssm"
  type        = string
  default     = "none"

  validation {
    condition     = contains(["none", "ssm"], var.node_evidence)
    error_message = "The way to evidence of nodes that needs a right of its own is ssm; otherwise none."
  }
}
