"""An account that has something of everything, as far as a stand-in for AWS can make it."""

import base64
import json

from cloud import Account


def fill(account: Account) -> list[str]:
    """Makes it; gives what the stand-in could not make, with its words."""
    made, refused = {}, []
    for name, make in STEPS.items():
        try:
            make(account.client, made)
        except Exception as error:  # noqa: BLE001, whatever a stand-in lacks
            refused.append(f"{name}: {str(error).splitlines()[0][:120]}")
    return refused


def network(client, made) -> None:
    ec2 = client("ec2")
    made["vpc"] = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made["subnets"] = [
        ec2.create_subnet(VpcId=made["vpc"], CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-central-1{zone}")["Subnet"]["SubnetId"]
        for n, zone in enumerate("ab")
    ]
    made["group"] = ec2.create_security_group(GroupName="nodes", Description="nodes", VpcId=made["vpc"])["GroupId"]


def endpoint(client, made) -> None:
    client("ec2").create_vpc_endpoint(VpcId=made["vpc"], ServiceName="com.amazonaws.eu-central-1.s3")


def flow_log(client, made) -> None:
    client("ec2").create_flow_logs(
        ResourceIds=[made["vpc"]], ResourceType="VPC", TrafficType="ALL", LogDestinationType="s3",
        LogDestination="arn:aws:s3:::audit",
    )  # fmt: skip


def peering(client, made) -> None:
    ec2 = client("ec2")
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_vpc_peering_connection(VpcId=made["vpc"], PeerVpcId=other)


def template(client, made) -> None:
    data = {"SecurityGroupIds": [made["group"]], "UserData": base64.b64encode(b"echo").decode()}
    answer = client("ec2").create_launch_template(LaunchTemplateName="nodes", LaunchTemplateData=data)
    made["template"] = answer["LaunchTemplate"]["LaunchTemplateId"]


def instance(client, made) -> None:
    ec2 = client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    tags = [{"Key": "kubernetes.io/cluster/prod", "Value": "owned"}, {"Key": "eks:cluster-name", "Value": "prod"}]
    ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, SubnetId=made["subnets"][0], UserData="echo",
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )  # fmt: skip


def volume(client, made) -> None:
    ec2 = client("ec2")
    made["key"] = client("kms").create_key()["KeyMetadata"]["Arn"]
    made["volume"] = ec2.create_volume(
        AvailabilityZone="eu-central-1a", Size=1, Encrypted=True, KmsKeyId=made["key"]
    )["VolumeId"]
    ec2.create_snapshot(VolumeId=made["volume"])


def cluster(client, made) -> None:
    iam, eks = client("iam"), client("eks")
    trust = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made["role"] = iam.create_role(RoleName="cluster", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    eks.create_cluster(
        name="prod", version="1.34", roleArn=made["role"],
        resourcesVpcConfig={"subnetIds": made["subnets"], "securityGroupIds": [made["group"]]},
        accessConfig={"authenticationMode": "API"},
    )  # fmt: skip


def nodegroup(client, made) -> None:
    client("eks").create_nodegroup(
        clusterName="prod", nodegroupName="general", subnets=made["subnets"], nodeRole=made["role"],
        scalingConfig={"minSize": 1, "maxSize": 1, "desiredSize": 1},
    )  # fmt: skip


def fargate(client, made) -> None:
    client("eks").create_fargate_profile(
        clusterName="prod", fargateProfileName="jobs", podExecutionRoleArn=made["role"], subnets=made["subnets"],
        selectors=[{"namespace": "jobs"}],
    )  # fmt: skip


def access_entry(client, made) -> None:
    client("eks").create_access_entry(clusterName="prod", principalArn=made["role"])


def addon(client, made) -> None:
    client("eks").create_addon(clusterName="prod", addonName="vpc-cni")


def association(client, made) -> None:
    client("eks").create_pod_identity_association(
        clusterName="prod", namespace="shop", serviceAccount="web", roleArn=made["role"]
    )


def provider(client, made) -> None:
    oidc = {"identityProviderConfigName": "sso", "issuerUrl": "https://sso.example", "clientId": "kubernetes"}
    client("eks").associate_identity_provider_config(clusterName="prod", oidc=oidc)


def scaling(client, made) -> None:
    client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="nodes", MinSize=0, MaxSize=1, VPCZoneIdentifier=made["subnets"][0],
        LaunchTemplate={"LaunchTemplateId": made["template"], "Version": "1"},
        Tags=[{"Key": "eks:cluster-name", "Value": "prod", "PropagateAtLaunch": True}],
    )  # fmt: skip


def balancer(client, made) -> None:
    elb = client("elbv2")
    tags = [{"Key": "elbv2.k8s.aws/cluster", "Value": "prod"}]
    arn = elb.create_load_balancer(Name="web", Subnets=made["subnets"], Tags=tags)["LoadBalancers"][0]["LoadBalancerArn"]
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[fixed])


def classic(client, made) -> None:
    client("elb").create_load_balancer(
        LoadBalancerName="old", Subnets=made["subnets"][:1],
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}],
        Tags=[{"Key": "kubernetes.io/cluster/prod", "Value": "owned"}],
    )  # fmt: skip


def acl(client, made) -> None:
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "web"}
    client("wafv2").create_web_acl(Name="web", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=seen)


def registry(client, made) -> None:
    ecr = client("ecr")
    ecr.create_repository(repositoryName="web")
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json", "layers": []}
    manifest["config"] = {"mediaType": "application/json", "size": 1, "digest": "sha256:" + "0" * 64}
    ecr.put_image(repositoryName="web", imageManifest=json.dumps(manifest), imageTag="v1")


def registry_policies(client, made) -> None:
    ecr = client("ecr")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    ecr.set_repository_policy(repositoryName="web", policyText=json.dumps(document))
    chosen = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1}
    rules = [{"rulePriority": 1, "selection": chosen, "action": {"type": "expire"}}]
    ecr.put_lifecycle_policy(repositoryName="web", lifecyclePolicyText=json.dumps({"rules": rules}))


def bucket_policy(client, made) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::audit/*"}
    client("s3").put_bucket_policy(
        Bucket="audit", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def trail(client, made) -> None:
    client("s3").create_bucket(Bucket="audit", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    cloudtrail = client("cloudtrail")
    cloudtrail.create_trail(Name="audit", S3BucketName="audit", IsMultiRegionTrail=True)
    cloudtrail.start_logging(Name="audit")


def log_group(client, made) -> None:
    client("logs").create_log_group(logGroupName="/aws/eks/prod/cluster")


def detector(client, made) -> None:
    client("guardduty").create_detector(Enable=True)


def recorder(client, made) -> None:
    client("config").put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": made["role"]})


def certificate(client, made) -> None:
    client("acm").request_certificate(DomainName="shop.example")


def files(client, made) -> None:
    efs = client("efs")
    system = efs.create_file_system(CreationToken="a", Encrypted=True)["FileSystemId"]
    efs.create_access_point(ClientToken="a", FileSystemId=system, PosixUser={"Uid": 0, "Gid": 0})
    statement = {"Effect": "Allow", "Principal": "*", "Action": "elasticfilesystem:ClientMount"}
    efs.put_file_system_policy(
        FileSystemId=system, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def secret(client, made) -> None:
    client("secretsmanager").create_secret(Name="shop/web", SecretString="canary", KmsKeyId=made["key"])


def user(client, made) -> None:
    client("iam").create_user(UserName="deploy")


def passwords(client, made) -> None:
    client("iam").update_account_password_policy(MinimumPasswordLength=14)


def hub(client, made) -> None:
    client("securityhub").enable_security_hub()


def inspector(client, made) -> None:
    client("inspector2").enable(resourceTypes=["EC2"])


STEPS = {step.__name__: step for step in (
    network, endpoint, flow_log, peering, template, instance, volume, cluster, nodegroup, fargate, access_entry, addon,
    association, provider, scaling, balancer, classic, acl, registry, registry_policies, trail, bucket_policy, log_group,
    detector, recorder, certificate, files, secret, user, passwords, hub, inspector,
)}  # fmt: skip
