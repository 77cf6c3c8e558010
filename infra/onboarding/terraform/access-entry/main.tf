# Lets the role that Plimsoll assumes read one EKS cluster, with the rights of the group plimsoll:readers there: what
# ../../access-entry.yaml makes.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.33"
    }
  }
}

resource "aws_eks_access_entry" "plimsoll" {
  cluster_name      = var.cluster_name
  principal_arn     = var.role_arn
  kubernetes_groups = ["plimsoll:readers"]
}
