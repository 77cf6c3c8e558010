# The role by which Plimsoll reads this account: what ../../role.yaml makes, for those who keep their account in Terraform.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_partition" "this" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.this.partition}:iam::${var.vendor_account_id}:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values = [
        for role in [var.account_scanner_role, var.cluster_scanner_role] :
        "arn:${data.aws_partition.this.partition}:iam::${var.vendor_account_id}:role/${role}"
      ]
    }
  }
}

resource "aws_iam_role" "plimsoll" {
  name = var.role_name
  # Clusters that know roles by `aws-auth` accept no path in a role's ARN.
  path                 = "/"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

# Nothing can be changed with it, and no secret can be read: `plimsoll access iam` prints the same.
resource "aws_iam_role_policy" "read" {
  name   = "read"
  role   = aws_iam_role.plimsoll.id
  policy = file("${path.module}/read.json")
}

# With it: `plimsoll access iam --node-evidence ssm`.
resource "aws_iam_role_policy" "node_evidence" {
  count  = var.node_evidence == "ssm" ? 1 : 0
  name   = "node-evidence"
  role   = aws_iam_role.plimsoll.id
  policy = file("${path.module}/node-evidence-ssm.json")
}
