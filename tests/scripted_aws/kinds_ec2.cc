// EC2's machines and disks: the ec2 protocol.
#include "scripted_aws/kinds.h"

namespace cadastre::scripted {
namespace {

using json::array;
using json::object;

constexpr std::string_view kTypes[] = {"m5.large",  "m5.xlarge", "c6i.2xlarge", "r6g.4xlarge",
                                       "t3.medium", "t3.micro",  "m7g.large",   "c7g.xlarge"};
constexpr std::string_view kStates[] = {"running", "running", "running", "running", "stopped"};

std::string instance_id(const Subject& s) { return ec2_id(s, "i", s.number); }

object block_device(const Subject& s, Dice& dice, std::string_view device, uint32_t index, const std::string& since) {
  return {{"DeviceName", device},
          {"Ebs", object{{"AttachTime", since},
                         {"DeleteOnTermination", dice.chance(0.8)},
                         {"Status", "attached"},
                         {"VolumeId", ec2_id(s, "vol", s.number * 3 + index)},
                         {"EbsCardIndex", 0}}}};
}

Telling tell_instance(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto since = dice.time();
  auto zone = fmt::format("{}{}", s.region, "abc"[dice.below(3)]);
  auto vpc = ec2_id(s, "vpc", s.number % 2), subnet = ec2_id(s, "subnet", s.number % 6);
  auto interface = ec2_id(s, "eni", s.number);
  auto ip = fmt::format("10.{}.{}.{}", dice.below(256), dice.below(256), 1 + dice.below(254));
  auto dashed = ip;
  std::ranges::replace(dashed, '.', '-');
  auto private_name = fmt::format("ip-{}.{}.compute.internal", dashed, s.region);
  auto public_ip = fmt::format("{}.{}.{}.{}", 3 + dice.below(200), dice.below(256), dice.below(256), dice.below(256));
  auto public_dashed = public_ip;
  std::ranges::replace(public_dashed, '.', '-');
  auto public_name = fmt::format("ec2-{}.{}.compute.amazonaws.com", public_dashed, s.region);
  array groups;
  for (uint32_t g = 0; g < 2; ++g) {
    groups.push_back(object{{"GroupId", ec2_id(s, "sg", (s.number + g * 7) % 20)},
                            {"GroupName", fmt::format("{}-{}", label.team, g ? label.service : "default")}});
  }
  auto state = s.revision % 4 == 3 ? std::string_view("stopped") : dice.pick(kStates);
  bool graviton = false;
  auto type = dice.pick(kTypes);
  graviton = type.contains("6g") || type.contains("7g");
  object association{{"IpOwnerId", s.account}, {"PublicDnsName", public_name}, {"PublicIp", public_ip}};
  object network{{"Association", association},
                 {"Attachment", object{{"AttachTime", since},
                                       {"AttachmentId", "eni-attach-0" + dice.hex(16)},
                                       {"DeleteOnTermination", true},
                                       {"DeviceIndex", 0},
                                       {"Status", "attached"},
                                       {"NetworkCardIndex", 0}}},
                 {"Description", ""},
                 {"Groups", groups},
                 {"Ipv6Addresses", array{}},
                 {"MacAddress", fmt::format("0a:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", dice.below(256), dice.below(256),
                                            dice.below(256), dice.below(256), dice.below(256))},
                 {"NetworkInterfaceId", interface},
                 {"OwnerId", s.account},
                 {"PrivateDnsName", private_name},
                 {"PrivateIpAddress", ip},
                 {"PrivateIpAddresses", array{object{{"Association", association},
                                                     {"Primary", true},
                                                     {"PrivateDnsName", private_name},
                                                     {"PrivateIpAddress", ip}}}},
                 {"SourceDestCheck", true},
                 {"Status", "in-use"},
                 {"SubnetId", subnet},
                 {"VpcId", vpc},
                 {"InterfaceType", "interface"}};
  array devices{block_device(s, dice, "/dev/xvda", 0, since)};
  if (dice.chance(0.6)) devices.push_back(block_device(s, dice, "/dev/sdb", 1, since));
  if (dice.chance(0.3)) devices.push_back(block_device(s, dice, "/dev/sdc", 2, since));
  object instance{
      {"Architecture", graviton ? "arm64" : "x86_64"},
      {"BlockDeviceMappings", devices},
      {"ClientToken", dice.hex(8) + "-" + dice.hex(4) + "-" + dice.hex(4) + "-" + dice.hex(12)},
      {"EbsOptimized", dice.chance(0.7)},
      {"EnaSupport", true},
      {"Hypervisor", "xen"},
      {"IamInstanceProfile",
       object{{"Arn", fmt::format("arn:aws:iam::{}:instance-profile/{}-{}", s.account, label.team, label.service)},
              {"Id", "AIPA" + dice.capitals(17)}}},
      {"NetworkInterfaces", array{network}},
      {"RootDeviceName", "/dev/xvda"},
      {"RootDeviceType", "ebs"},
      {"SecurityGroups", groups},
      {"SourceDestCheck", true},
      {"Tags", tags_of(s, label, s.revision)},
      {"VirtualizationType", "hvm"},
      {"CpuOptions", object{{"CoreCount", 1 << dice.below(4)}, {"ThreadsPerCore", graviton ? 1 : 2}}},
      {"CapacityReservationSpecification", object{{"CapacityReservationPreference", "open"}}},
      {"HibernationOptions", object{{"Configured", false}}},
      {"MetadataOptions", object{{"State", "applied"},
                                 {"HttpTokens", dice.chance(0.8) ? "required" : "optional"},
                                 {"HttpPutResponseHopLimit", 2},
                                 {"HttpEndpoint", "enabled"},
                                 {"HttpProtocolIpv6", "disabled"},
                                 {"InstanceMetadataTags", "disabled"}}},
      {"EnclaveOptions", object{{"Enabled", false}}},
      {"BootMode", "uefi-preferred"},
      {"PlatformDetails", "Linux/UNIX"},
      {"UsageOperation", "RunInstances"},
      {"UsageOperationUpdateTime", since},
      {"PrivateDnsNameOptions", object{{"HostnameType", "ip-name"},
                                       {"EnableResourceNameDnsARecord", false},
                                       {"EnableResourceNameDnsAAAARecord", false}}},
      {"MaintenanceOptions", object{{"AutoRecovery", "default"}, {"RebootMigration", "default"}}},
      {"CurrentInstanceBootMode", "uefi"},
      {"NetworkPerformanceOptions", object{{"BandwidthWeighting", "default"}}},
      {"InstanceId", instance_id(s)},
      {"ImageId", ec2_id(s, "ami", s.number % 12)},
      {"State", object{{"Code", state == "running" ? 16 : 80}, {"Name", state}}},
      {"PrivateDnsName", private_name},
      {"PublicDnsName", public_name},
      {"StateTransitionReason", ""},
      {"KeyName", label.team + "-key"},
      {"AmiLaunchIndex", 0},
      {"ProductCodes", array{}},
      {"InstanceType", type},
      {"LaunchTime", since},
      {"Placement", object{{"AvailabilityZone", zone}, {"GroupName", ""}, {"Tenancy", "default"}}},
      {"Monitoring", object{{"State", "disabled"}}},
      {"SubnetId", subnet},
      {"VpcId", vpc},
      {"PrivateIpAddress", ip},
      {"PublicIpAddress", public_ip}};
  object reservation{{"ReservationId", "r-0" + dice.hex(16)},
                     {"OwnerId", s.account},
                     {"Groups", array{}},
                     {"Instances", array{instance}}};
  if (dice.chance(0.4)) reservation["RequesterId"] = "940372691376";
  auto item = instance;
  for (const char* kept : {"OwnerId", "ReservationId", "RequesterId"}) {
    if (reservation.contains(kept)) item[kept] = reservation[kept];
  }
  return {std::move(reservation), std::move(item), {}};
}

std::string volume_id(const Subject& s) { return ec2_id(s, "vol", s.number); }

Telling tell_volume(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto since = dice.time();
  bool attached = dice.chance(0.85);
  array attachments;
  if (attached) {
    attachments.push_back(object{{"DeleteOnTermination", true},
                                 {"VolumeId", volume_id(s)},
                                 {"InstanceId", ec2_id(s, "i", s.number / 3)},
                                 {"Device", "/dev/xvda"},
                                 {"State", "attached"},
                                 {"AttachTime", since}});
  }
  object item{{"Iops", 3000 + 100 * static_cast<int>(s.revision)},
              {"Tags", tags_of(s, label, s.revision)},
              {"VolumeType", "gp3"},
              {"MultiAttachEnabled", false},
              {"Throughput", 125},
              {"Operator", object{{"Managed", false}}},
              {"VolumeId", volume_id(s)},
              {"Size", 8 << dice.below(8)},
              {"SnapshotId", ec2_id(s, "snap", s.number % 40)},
              {"AvailabilityZone", fmt::format("{}{}", s.region, "abc"[dice.below(3)])},
              {"State", attached ? "in-use" : "available"},
              {"CreateTime", since},
              {"Attachments", attachments},
              {"Encrypted", true},
              {"KmsKeyId", fmt::format("arn:aws:kms:{}:{}:key/{}", s.region, s.account, dice.hex(32))}};
  return {item, item, {}};
}

std::string snapshot_id(const Subject& s) { return ec2_id(s, "snap", s.number); }

Telling tell_snapshot(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  object item{{"OwnerId", s.account},
              {"Description", fmt::format("Created by CreateImage({}) for {}", ec2_id(s, "i", s.number),
                                          ec2_id(s, "ami", s.number % 12))},
              {"Encrypted", true},
              {"VolumeId", ec2_id(s, "vol", s.number)},
              {"State", "completed"},
              {"VolumeSize", 8 << dice.below(8)},
              {"StartTime", dice.time()},
              {"Progress", "100%"},
              {"Tags", tags_of(s, label, s.revision)},
              {"StorageTier", s.revision % 2 ? "archive" : "standard"},
              {"TransferType", "standard"},
              {"CompletionTime", dice.time()},
              {"FullSnapshotSizeInBytes", static_cast<int64_t>(dice.below(2'000'000'000))},
              {"SnapshotId", snapshot_id(s)},
              {"KmsKeyId", fmt::format("arn:aws:kms:{}:{}:key/{}", s.region, s.account, dice.hex(32))}};
  return {item, item, {}};
}

}  // namespace

void add_ec2_kinds(std::vector<KindFacts>& kinds) {
  kinds.push_back({.name = "aws.ec2.instance",
                   .service = "ec2",
                   .weight = 30,
                   .list_call = "DescribeInstances",
                   .list_member = "Reservations",
                   .native = instance_id,
                   .tell = tell_instance});
  kinds.push_back({.name = "aws.ec2.volume",
                   .service = "ec2",
                   .weight = 22,
                   .list_call = "DescribeVolumes",
                   .list_member = "Volumes",
                   .native = volume_id,
                   .tell = tell_volume});
  kinds.push_back({.name = "aws.ec2.snapshot",
                   .service = "ec2",
                   .weight = 10,
                   .list_call = "DescribeSnapshots",
                   .list_member = "Snapshots",
                   .native = snapshot_id,
                   .tell = tell_snapshot});
}

}  // namespace cadastre::scripted
