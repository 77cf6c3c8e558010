"""The AWS operations that Plimsoll's readers call: what they set, and what of the answers they read.

A line `Operation(Input Input{Member}) Member{Member Member} Member` names members as botocore does. A member without
braces is taken whole. Inputs of paging are added by `aws_replies.py`.
"""

OPERATIONS = """
sts
  GetCallerIdentity() UserId Account Arn

cloudformation
  DescribeStacks(StackName) Stacks{StackId StackName StackStatus Parameters{ParameterKey ParameterValue} Outputs{OutputKey OutputValue}}

ec2
  DescribeVpcs(Filters VpcIds) Vpcs{VpcId OwnerId State CidrBlock CidrBlockAssociationSet{CidrBlock CidrBlockState} Ipv6CidrBlockAssociationSet{Ipv6CidrBlock Ipv6CidrBlockState} IsDefault InstanceTenancy DhcpOptionsId Tags}
  DescribeSubnets(Filters SubnetIds) Subnets{SubnetId SubnetArn VpcId OwnerId State CidrBlock AvailabilityZone AvailabilityZoneId MapPublicIpOnLaunch AssignIpv6AddressOnCreation Ipv6CidrBlockAssociationSet{Ipv6CidrBlock Ipv6CidrBlockState} Ipv6Native Tags}
  DescribeRouteTables(Filters RouteTableIds) RouteTables{RouteTableId VpcId OwnerId Associations{RouteTableAssociationId Main SubnetId GatewayId AssociationState} Routes{DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId GatewayId NatGatewayId EgressOnlyInternetGatewayId TransitGatewayId VpcPeeringConnectionId NetworkInterfaceId InstanceId LocalGatewayId CarrierGatewayId CoreNetworkArn Origin State} Tags}
  DescribeNetworkAcls(Filters NetworkAclIds) NetworkAcls{NetworkAclId VpcId OwnerId IsDefault Associations{SubnetId NetworkAclAssociationId} Entries Tags}
  DescribeSecurityGroups(Filters GroupIds) SecurityGroups{GroupId GroupName Description VpcId OwnerId SecurityGroupArn IpPermissions IpPermissionsEgress Tags}
  DescribeVpcEndpoints(Filters VpcEndpointIds) VpcEndpoints{VpcEndpointId VpcEndpointType VpcId OwnerId ServiceName State PolicyDocument RouteTableIds SubnetIds Groups PrivateDnsEnabled Tags}
  DescribeFlowLogs(Filter FlowLogIds) FlowLogs{FlowLogId FlowLogStatus ResourceId TrafficType LogDestinationType LogDestination LogGroupName DeliverLogsStatus DeliverLogsPermissionArn MaxAggregationInterval LogFormat Tags}
  DescribeVpcPeeringConnections(Filters VpcPeeringConnectionIds) VpcPeeringConnections{VpcPeeringConnectionId AccepterVpcInfo{CidrBlock CidrBlockSet Ipv6CidrBlockSet OwnerId VpcId Region} RequesterVpcInfo{CidrBlock CidrBlockSet Ipv6CidrBlockSet OwnerId VpcId Region} Status Tags}
  DescribeInstances(Filters InstanceIds) Reservations{ReservationId OwnerId Instances{InstanceId ImageId InstanceType LaunchTime State Placement{AvailabilityZone Tenancy} VpcId SubnetId PrivateIpAddress PrivateDnsName PublicIpAddress PublicDnsName Ipv6Address IamInstanceProfile SecurityGroups MetadataOptions NetworkInterfaces{NetworkInterfaceId SubnetId VpcId Status Groups Association{PublicIp IpOwnerId} PrivateIpAddress PrivateIpAddresses{PrivateIpAddress Primary Association{PublicIp}} Ipv6Addresses{Ipv6Address} Attachment{AttachmentId DeviceIndex DeleteOnTermination Status}} BlockDeviceMappings{DeviceName Ebs{VolumeId Status DeleteOnTermination}} KeyName Monitoring EbsOptimized InstanceLifecycle Platform Architecture RootDeviceName SourceDestCheck Tags}}
  DescribeLaunchTemplateVersions(Filters Versions LaunchTemplateId) LaunchTemplateVersions{LaunchTemplateId LaunchTemplateName VersionNumber DefaultVersion CreateTime LaunchTemplateData{ImageId InstanceType KeyName UserData IamInstanceProfile SecurityGroupIds SecurityGroups MetadataOptions NetworkInterfaces{AssociatePublicIpAddress DeviceIndex SubnetId Groups NetworkInterfaceId DeleteOnTermination InterfaceType} BlockDeviceMappings{DeviceName Ebs{Encrypted KmsKeyId VolumeSize VolumeType DeleteOnTermination SnapshotId}} TagSpecifications}}
  GetEbsEncryptionByDefault() EbsEncryptionByDefault
  GetInstanceMetadataDefaults() AccountLevel
  GetSnapshotBlockPublicAccessState() State ManagedBy
  DescribeVolumes(Filters VolumeIds) Volumes{VolumeId Encrypted KmsKeyId SnapshotId State Size VolumeType AvailabilityZone CreateTime MultiAttachEnabled Attachments{InstanceId Device State DeleteOnTermination} Tags}
  DescribeSnapshots(Filters OwnerIds RestorableByUserIds SnapshotIds) Snapshots{SnapshotId OwnerId Encrypted KmsKeyId VolumeId VolumeSize State StartTime Description Tags}
  DescribeImages(ImageIds IncludeDeprecated) Images{ImageId OwnerId ImageOwnerAlias Name Description Public State CreationDate DeprecationTime Architecture PlatformDetails RootDeviceName BlockDeviceMappings{DeviceName Ebs{Encrypted KmsKeyId SnapshotId}} Tags}
  DescribeInstanceAttribute(InstanceId Attribute) InstanceId UserData

eks
  ListClusters() clusters
  DescribeCluster(name) cluster{name arn createdAt version endpoint roleArn resourcesVpcConfig kubernetesNetworkConfig logging identity status certificateAuthority platformVersion tags encryptionConfig health accessConfig upgradePolicy zonalShiftConfig remoteNetworkConfig computeConfig storageConfig deletionProtection}
  ListAccessEntries(clusterName) accessEntries
  DescribeAccessEntry(clusterName principalArn) accessEntry{clusterName principalArn kubernetesGroups accessEntryArn createdAt modifiedAt tags username type}
  ListAssociatedAccessPolicies(clusterName principalArn) clusterName principalArn associatedAccessPolicies
  ListAddons(clusterName) addons
  DescribeAddon(clusterName addonName) addon{addonName clusterName status addonVersion health addonArn createdAt modifiedAt serviceAccountRoleArn tags publisher owner configurationValues podIdentityAssociations}
  ListIdentityProviderConfigs(clusterName) identityProviderConfigs
  DescribeIdentityProviderConfig(clusterName identityProviderConfig) identityProviderConfig
  ListFargateProfiles(clusterName) fargateProfileNames
  DescribeFargateProfile(clusterName fargateProfileName) fargateProfile{fargateProfileName fargateProfileArn clusterName createdAt podExecutionRoleArn subnets selectors status tags}
  ListNodegroups(clusterName) nodegroups
  DescribeNodegroup(clusterName nodegroupName) nodegroup{nodegroupName nodegroupArn clusterName version releaseVersion createdAt modifiedAt status capacityType scalingConfig instanceTypes subnets remoteAccess amiType nodeRole labels taints resources health diskSize updateConfig nodeRepairConfig launchTemplate tags}
  ListPodIdentityAssociations(clusterName namespace serviceAccount) associations
  DescribePodIdentityAssociation(clusterName associationId) association{clusterName namespace serviceAccount roleArn associationArn associationId tags createdAt modifiedAt ownerArn disableSessionTags targetRoleArn externalId}
  DescribeClusterVersions(includeAll) clusterVersions{clusterVersion clusterType defaultPlatformVersion defaultVersion releaseDate endOfStandardSupportDate endOfExtendedSupportDate status versionStatus kubernetesPatchVersion}
  DescribeAddonVersions(kubernetesVersion addonName) addons{addonName type owner publisher addonVersions{addonVersion architecture compatibilities requiresConfiguration}}

iam
  GetAccountAuthorizationDetails(Filter) UserDetailList{Path UserName UserId Arn CreateDate UserPolicyList GroupList AttachedManagedPolicies PermissionsBoundary Tags} RoleDetailList{Path RoleName RoleId Arn CreateDate AssumeRolePolicyDocument InstanceProfileList{InstanceProfileName InstanceProfileId Arn} RolePolicyList AttachedManagedPolicies PermissionsBoundary Tags RoleLastUsed} Policies{PolicyName PolicyId Arn Path DefaultVersionId AttachmentCount PermissionsBoundaryUsageCount IsAttachable CreateDate UpdateDate PolicyVersionList{Document VersionId IsDefaultVersion CreateDate}}
  GetAccountSummary() SummaryMap
  GenerateCredentialReport() State Description
  GetCredentialReport() Content ReportFormat GeneratedTime
  GetAccountPasswordPolicy() PasswordPolicy

autoscaling
  DescribeAutoScalingGroups(AutoScalingGroupNames Filters) AutoScalingGroups{AutoScalingGroupName AutoScalingGroupARN LaunchConfigurationName LaunchTemplate MixedInstancesPolicy{LaunchTemplate{LaunchTemplateSpecification Overrides{InstanceType LaunchTemplateSpecification}}} MinSize MaxSize DesiredCapacity AvailabilityZones VPCZoneIdentifier Instances{InstanceId InstanceType AvailabilityZone LifecycleState LaunchConfigurationName LaunchTemplate} Tags ServiceLinkedRoleARN CreatedTime}

elbv2
  DescribeLoadBalancers(LoadBalancerArns Names) LoadBalancers{LoadBalancerArn DNSName CanonicalHostedZoneId CreatedTime LoadBalancerName Scheme VpcId State Type AvailabilityZones{ZoneName SubnetId} SecurityGroups IpAddressType}
  DescribeTags(ResourceArns) TagDescriptions
  DescribeListeners(LoadBalancerArn) Listeners{ListenerArn LoadBalancerArn Port Protocol Certificates SslPolicy DefaultActions{Type TargetGroupArn Order RedirectConfig FixedResponseConfig{StatusCode ContentType} ForwardConfig} AlpnPolicy MutualAuthentication{Mode}}
  DescribeLoadBalancerAttributes(LoadBalancerArn) Attributes

elb
  DescribeLoadBalancers(LoadBalancerNames) LoadBalancerDescriptions{LoadBalancerName DNSName ListenerDescriptions AvailabilityZones Subnets VPCId Instances SecurityGroups CreatedTime Scheme}
  DescribeTags(LoadBalancerNames) TagDescriptions

ecr
  DescribeRepositories(repositoryNames) repositories{repositoryArn registryId repositoryName repositoryUri createdAt imageTagMutability imageTagMutabilityExclusionFilters imageScanningConfiguration encryptionConfiguration}
  GetRegistryScanningConfiguration() registryId scanningConfiguration
  DescribePullThroughCacheRules() pullThroughCacheRules
  DescribeImages(registryId repositoryName imageIds filter) imageDetails{registryId repositoryName imageDigest imageTags imagePushedAt imageScanStatus imageScanFindingsSummary lastRecordedPullTime}
  GetRepositoryPolicy(repositoryName) registryId repositoryName policyText
  GetLifecyclePolicy(repositoryName) registryId repositoryName lifecyclePolicyText

inspector2
  BatchGetAccountStatus(accountIds) accounts{accountId state resourceState{ec2{status} ecr{status} lambda{status}}} failedAccounts{accountId errorCode errorMessage}

kms
  DescribeKey(KeyId) KeyMetadata{AWSAccountId KeyId Arn CreationDate Enabled Description KeyUsage KeyState DeletionDate Origin KeyManager KeySpec MultiRegion}
  GetKeyRotationStatus(KeyId) KeyId KeyRotationEnabled RotationPeriodInDays
  GetKeyPolicy(KeyId PolicyName) Policy PolicyName

logs
  DescribeLogGroups(logGroupNamePrefix) logGroups{logGroupName arn logGroupArn creationTime retentionInDays metricFilterCount kmsKeyId logGroupClass}

cloudtrail
  DescribeTrails(includeShadowTrails trailNameList) trailList
  GetTrailStatus(Name) IsLogging LatestDeliveryError LatestDeliveryTime LatestCloudWatchLogsDeliveryError StartLoggingTime StopLoggingTime

s3
  GetBucketPolicyStatus(Bucket ExpectedBucketOwner) PolicyStatus
  GetBucketAcl(Bucket ExpectedBucketOwner) Owner{ID} Grants{Grantee{ID Type URI} Permission}
  GetBucketLogging(Bucket ExpectedBucketOwner) LoggingEnabled{TargetBucket TargetPrefix}

s3control
  GetPublicAccessBlock(AccountId) PublicAccessBlockConfiguration

guardduty
  ListDetectors() DetectorIds
  GetDetector(DetectorId) CreatedAt FindingPublishingFrequency ServiceRole Status UpdatedAt Features Tags
  GetFindingsStatistics(DetectorId FindingCriteria{Criterion{Equals GreaterThanOrEqual}} FindingStatisticTypes GroupBy) FindingStatistics{CountBySeverity GroupedBySeverity{LastGeneratedAt Severity TotalFindings}}

securityhub
  DescribeHub() HubArn SubscribedAt AutoEnableControls ControlFindingGenerator

accessanalyzer
  ListAnalyzers(type) analyzers{arn name type createdAt lastResourceAnalyzedAt tags status statusReason}

config
  DescribeConfigurationRecorderStatus() ConfigurationRecordersStatus{arn name lastStartTime lastStopTime recording lastStatus lastErrorCode lastErrorMessage lastStatusChangeTime servicePrincipal}

acm
  ListCertificates(CertificateStatuses Includes{keyTypes}) CertificateSummaryList{CertificateArn DomainName SubjectAlternativeNameSummaries Status Type KeyAlgorithm InUse RenewalEligibility NotBefore NotAfter CreatedAt IssuedAt ImportedAt RevokedAt}

wafv2
  ListWebACLs(Scope) WebACLs{Name Id ARN LockToken}
  ListResourcesForWebACL(WebACLArn ResourceType) ResourceArns

efs
  DescribeFileSystems(FileSystemId) FileSystems{OwnerId FileSystemId FileSystemArn CreationTime LifeCycleState Name Encrypted KmsKeyId Tags}
  DescribeFileSystemPolicy(FileSystemId) FileSystemId Policy
  DescribeAccessPoints(FileSystemId) AccessPoints{AccessPointId AccessPointArn FileSystemId Name PosixUser RootDirectory OwnerId LifeCycleState Tags}

secretsmanager
  ListSecrets(Filters IncludePlannedDeletion) SecretList{ARN Name Description KmsKeyId RotationEnabled RotationLambdaARN RotationRules LastRotatedDate LastChangedDate LastAccessedDate DeletedDate NextRotationDate Tags OwningService CreatedDate PrimaryRegion}
  GetResourcePolicy(SecretId) ARN Name ResourcePolicy
  GetSecretValue(SecretId) SecretString

backup
  ListProtectedResources() Results{ResourceArn ResourceType LastBackupTime ResourceName LastBackupVaultArn LastRecoveryPointArn}

ssm
  DescribeInstanceInformation(Filters) InstanceInformationList{InstanceId PingStatus LastPingDateTime AgentVersion IsLatestVersion PlatformType PlatformName PlatformVersion ResourceType AssociationStatus}
  ListResourceComplianceSummaries(Filters) ResourceComplianceSummaryItems{ComplianceType ResourceType ResourceId Status OverallSeverity ExecutionSummary{ExecutionTime} CompliantSummary NonCompliantSummary}
  GetInventory(ResultAttributes) Entities{Id Data}
  GetParameters(Names) Parameters{Name Type Value Version LastModifiedDate ARN} InvalidParameters
"""

# input token, output token, page size's member, its value or None for the model's largest, members that hold items.
# Only where botocore has no pager, where its pager lacks something, or where the API takes more than one page holds by
# default and the model names no limit. Numbers: the parameter's text in each API's reference.
PAGING = {
    "ec2.DescribeVpcs": {"limit": 1000},
    "ec2.DescribeSubnets": {"limit": 1000},
    "ec2.DescribeRouteTables": {"limit": 100},
    "ec2.DescribeNetworkAcls": {"limit": 1000},
    "ec2.DescribeSecurityGroups": {"limit": 1000},
    "ec2.DescribeVpcEndpoints": {"limit": 1000},
    "ec2.DescribeFlowLogs": {"limit": 1000},
    "ec2.DescribeVpcPeeringConnections": {"limit": 1000},
    "ec2.DescribeInstances": {"limit": 1000},
    "ec2.DescribeLaunchTemplateVersions": {"limit": 200},
    "ec2.DescribeVolumes": {"limit": 500},
    "ec2.DescribeSnapshots": {"limit": 1000},
    "ec2.DescribeImages": {"limit": 1000},
    "iam.GetAccountAuthorizationDetails": {"results": ["UserDetailList", "RoleDetailList", "Policies"]},
    "autoscaling.DescribeAutoScalingGroups": {"limit": 100},
    "elbv2.DescribeListeners": {"limit": 400},
    "ecr.DescribePullThroughCacheRules": {"limit": 1000},
    "wafv2.ListWebACLs": {
        "input": "NextMarker", "output": "NextMarker", "key": "Limit", "results": ["WebACLs"],
    },
    "accessanalyzer.ListAnalyzers": {"limit": 100},
    "backup.ListProtectedResources": {"limit": 1000},
    "efs.DescribeFileSystems": {"limit": 100},
    "efs.DescribeAccessPoints": {"limit": 1000},
    "guardduty.GetFindingsStatistics": {"none": True},
    # One answer holds the whole list.
    "elbv2.DescribeTags": {"results": ["TagDescriptions"]},
    "elbv2.DescribeLoadBalancerAttributes": {"results": ["Attributes"]},
    "elb.DescribeTags": {"results": ["TagDescriptions"]},
    "cloudtrail.DescribeTrails": {"results": ["trailList"]},
    "config.DescribeConfigurationRecorderStatus": {"results": ["ConfigurationRecordersStatus"]},
    "wafv2.ListResourcesForWebACL": {"results": ["ResourceArns"]},
}

# Codes by which an API says that the part asked for was never set: an answer, not a failure.
ABSENT = {
    "iam.GetAccountPasswordPolicy": ["NoSuchEntity"],
    "ecr.GetRepositoryPolicy": ["RepositoryPolicyNotFoundException"],
    "ecr.GetLifecyclePolicy": ["LifecyclePolicyNotFoundException"],
    "s3.GetBucketPolicyStatus": ["NoSuchBucketPolicy"],
    "s3control.GetPublicAccessBlock": ["NoSuchPublicAccessBlockConfiguration"],
    "efs.DescribeFileSystemPolicy": ["PolicyNotFound"],
}

# IAM actions whose name is not the operation's, or whose prefix is not the signing name.
ACTIONS = {"s3control.GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock"}

# Codes by which a service says that the account does not use it.
NOT_SUBSCRIBED = {"securityhub.DescribeHub": ["InvalidAccessException"]}

# The root element of answers whose root the model does not name, from the API references of S3.
ROOTS = {
    "s3.GetBucketPolicyStatus": "PolicyStatus",
    "s3.GetBucketAcl": "AccessControlPolicy",
    "s3.GetBucketLogging": "BucketLoggingStatus",
    "s3control.GetPublicAccessBlock": "PublicAccessBlockConfiguration",
}
