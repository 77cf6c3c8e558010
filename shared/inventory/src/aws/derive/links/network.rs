//! From subnets to what is around them, and from load balancers to what they are made of.

use serde_json::Value;

use super::super::look::{self, Known};
use super::super::network::routes;
use super::{ACL, CERTIFICATE, ENDPOINT, GROUP, KEY, LISTENER, Spread, TABLE, VPC};

const LOAD_BALANCER: &[&str] = &["loadBalancer"];

pub(super) fn of_subnet(spread: &mut Spread<'_, '_>, subnet: &Value) {
    spread.hand_to(VPC, look::text(subnet, "Properties.VpcId"), &[]);
    let lists = spread.lists();
    spread.hand_to_found(TABLE, routes::table_of(subnet, lists), &[]);
    spread.hand_to_found(ACL, routes::acl_of(subnet, lists), &[]);
}

pub(super) fn of_vpc(spread: &mut Spread<'_, '_>, vpc: &Value) {
    spread.hand_to_those(ENDPOINT, "Properties.VpcId", look::name(vpc), &[]);
}

pub(super) fn of_load_balancer(spread: &mut Spread<'_, '_>, balancer: &Value) -> Known<()> {
    spread.hand_to_all(
        GROUP,
        look::texts(balancer, "Properties.SecurityGroups"),
        LOAD_BALANCER,
    );
    if let Some(arn) = look::text(balancer, "metadata.arn")? {
        spread.hand_to_those(LISTENER, "Properties.LoadBalancerArn", arn, LOAD_BALANCER);
    }
    Ok(())
}

pub(super) fn of_listener(spread: &mut Spread<'_, '_>, listener: &Value) -> Known<()> {
    for certificate in look::items(listener, "Properties.Certificates")? {
        spread.hand_to(
            CERTIFICATE,
            look::text(certificate, "CertificateArn"),
            LOAD_BALANCER,
        );
    }
    Ok(())
}

pub(super) fn of_classic(spread: &mut Spread<'_, '_>, balancer: &Value) -> Known<()> {
    spread.hand_to_all(
        GROUP,
        look::texts(balancer, "Properties.SecurityGroups"),
        LOAD_BALANCER,
    );
    for listener in look::items(balancer, "Properties.Listeners")? {
        spread.hand_to(
            CERTIFICATE,
            look::text(listener, "SSLCertificateId"),
            LOAD_BALANCER,
        );
    }
    Ok(())
}

pub(super) fn of_file_system(spread: &mut Spread<'_, '_>, system: &Value) {
    let points = "AWS::EFS::AccessPoint";
    spread.hand_to(KEY, look::text(system, "Properties.KmsKeyId"), &["volumes"]);
    spread.hand_to_those(
        points,
        "Properties.FileSystemId",
        look::name(system),
        &["volumes"],
    );
}
