// EC2's networks: the ec2 protocol.
#include "scripted_aws/kinds.h"

namespace cadastre::scripted {
namespace {

using json::array;
using json::object;

std::string interface_id(const Subject& s) { return ec2_id(s, "eni", s.number); }

Telling tell_interface(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto ip = fmt::format("10.{}.{}.{}", dice.below(256), dice.below(256), 1 + dice.below(254));
  auto dashed = ip;
  std::ranges::replace(dashed, '.', '-');
  auto name = fmt::format("ip-{}.{}.compute.internal", dashed, s.region);
  array groups;
  for (uint32_t g = 0; g < 2; ++g) {
    groups.push_back(object{{"GroupId", ec2_id(s, "sg", (s.number + g * 7) % 20)},
                            {"GroupName", fmt::format("{}-{}", label.team, g)}});
  }
  object item{
      {"Attachment", object{{"AttachTime", dice.time()},
                            {"AttachmentId", "eni-attach-0" + dice.hex(16)},
                            {"DeleteOnTermination", true},
                            {"DeviceIndex", 0},
                            {"NetworkCardIndex", 0},
                            {"InstanceId", ec2_id(s, "i", s.number)},
                            {"InstanceOwnerId", s.account},
                            {"Status", "attached"}}},
      {"AvailabilityZone", fmt::format("{}{}", s.region, "abc"[dice.below(3)])},
      {"Description", fmt::format("{} of {}, revision {}", label.service, label.team, s.revision)},
      {"Groups", groups},
      {"InterfaceType", "interface"},
      {"Ipv6Addresses", array{}},
      {"MacAddress", fmt::format("0a:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", dice.below(256), dice.below(256),
                                 dice.below(256), dice.below(256), dice.below(256))},
      {"NetworkInterfaceId", interface_id(s)},
      {"OwnerId", s.account},
      {"PrivateDnsName", name},
      {"PrivateIpAddress", ip},
      {"PrivateIpAddresses", array{object{{"Primary", true}, {"PrivateDnsName", name}, {"PrivateIpAddress", ip}}}},
      {"RequesterManaged", false},
      {"SourceDestCheck", true},
      {"Status", "in-use"},
      {"SubnetId", ec2_id(s, "subnet", s.number % 6)},
      {"TagSet", tags_of(s, label, s.revision)},
      {"VpcId", ec2_id(s, "vpc", s.number % 2)}};
  return {item, item, {}};
}

std::string group_id(const Subject& s) { return ec2_id(s, "sg", s.number); }

Telling tell_group(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  array inbound;
  for (uint32_t i = 0; i < 3; ++i) {
    int port = std::array{22, 443, 5432, 8080, 9090}[dice.below(5)] + static_cast<int>(i);
    array ranges;
    for (uint32_t r = 0; r < 2; ++r) {
      ranges.push_back(object{{"Description", label.team + " office"},
                              {"CidrIp", fmt::format("10.{}.{}.0/24", dice.below(256), dice.below(256))}});
    }
    inbound.push_back(
        object{{"IpProtocol", "tcp"},
               {"FromPort", port},
               {"ToPort", port},
               {"UserIdGroupPairs", array{object{{"UserId", s.account}, {"GroupId", ec2_id(s, "sg", dice.below(20))}}}},
               {"IpRanges", ranges},
               {"Ipv6Ranges", array{}},
               {"PrefixListIds", array{}}});
  }
  object item{
      {"GroupId", group_id(s)},
      {"IpPermissionsEgress", array{object{{"IpProtocol", "-1"},
                                           {"UserIdGroupPairs", array{}},
                                           {"IpRanges", array{object{{"CidrIp", "0.0.0.0/0"}}}},
                                           {"Ipv6Ranges", array{}},
                                           {"PrefixListIds", array{}}}}},
      {"Tags", tags_of(s, label, s.revision)},
      {"VpcId", ec2_id(s, "vpc", s.number % 2)},
      {"SecurityGroupArn", fmt::format("arn:aws:ec2:{}:{}:security-group/{}", s.region, s.account, group_id(s))},
      {"OwnerId", s.account},
      {"GroupName", label.name(s.number)},
      {"Description", fmt::format("{} of {}", label.service, label.team)},
      {"IpPermissions", inbound}};
  return {item, item, {}};
}

std::string subnet_id(const Subject& s) { return ec2_id(s, "subnet", s.number); }

Telling tell_subnet(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  char zone = "abc"[s.number % 3];
  object item{{"AvailabilityZoneId", fmt::format("use1-az{}", s.number % 3 + 1)},
              {"MapCustomerOwnedIpOnLaunch", false},
              {"OwnerId", s.account},
              {"AssignIpv6AddressOnCreation", false},
              {"Ipv6CidrBlockAssociationSet", array{}},
              {"Tags", tags_of(s, label, s.revision)},
              {"SubnetArn", fmt::format("arn:aws:ec2:{}:{}:subnet/{}", s.region, s.account, subnet_id(s))},
              {"EnableDns64", false},
              {"Ipv6Native", false},
              {"PrivateDnsNameOptionsOnLaunch", object{{"HostnameType", "ip-name"},
                                                       {"EnableResourceNameDnsARecord", false},
                                                       {"EnableResourceNameDnsAAAARecord", false}}},
              {"SubnetId", subnet_id(s)},
              {"State", "available"},
              {"VpcId", ec2_id(s, "vpc", s.number % 2)},
              {"CidrBlock", fmt::format("10.{}.{}.0/24", s.number % 2, s.number % 256)},
              {"AvailableIpAddressCount", 251 - static_cast<int>(s.revision % 200)},
              {"AvailabilityZone", fmt::format("{}{}", s.region, zone)},
              {"DefaultForAz", false},
              {"MapPublicIpOnLaunch", dice.chance(0.3)}};
  return {item, item, {}};
}

std::string vpc_id(const Subject& s) { return ec2_id(s, "vpc", s.number); }

Telling tell_vpc(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto cidr = fmt::format("10.{}.0.0/16", s.number % 256);
  object item{{"OwnerId", s.account},
              {"InstanceTenancy", "default"},
              {"CidrBlockAssociationSet", array{object{{"AssociationId", "vpc-cidr-assoc-0" + dice.hex(16)},
                                                       {"CidrBlock", cidr},
                                                       {"CidrBlockState", object{{"State", "associated"}}}}}},
              {"IsDefault", s.number == 0},
              {"Tags", tags_of(s, label, s.revision)},
              {"VpcId", vpc_id(s)},
              {"State", "available"},
              {"CidrBlock", cidr},
              {"DhcpOptionsId", "dopt-0" + dice.hex(16)}};
  return {item, item, {}};
}

}  // namespace

void add_ec2_network_kinds(std::vector<KindFacts>& kinds) {
  kinds.push_back({.name = "aws.ec2.network_interface",
                   .service = "ec2",
                   .weight = 14,
                   .list_call = "DescribeNetworkInterfaces",
                   .list_member = "NetworkInterfaces",
                   .native = interface_id,
                   .tell = tell_interface});
  kinds.push_back({.name = "aws.ec2.security_group",
                   .service = "ec2",
                   .weight = 8,
                   .list_call = "DescribeSecurityGroups",
                   .list_member = "SecurityGroups",
                   .native = group_id,
                   .tell = tell_group});
  kinds.push_back({.name = "aws.ec2.subnet",
                   .service = "ec2",
                   .weight = 0.8,
                   .list_call = "DescribeSubnets",
                   .list_member = "Subnets",
                   .native = subnet_id,
                   .tell = tell_subnet});
  kinds.push_back({.name = "aws.ec2.vpc",
                   .service = "ec2",
                   .weight = 0.3,
                   .list_call = "DescribeVpcs",
                   .list_member = "Vpcs",
                   .native = vpc_id,
                   .tell = tell_vpc});
}

}  // namespace cadastre::scripted
