"""SageMaker."""

from .plan import planted

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


def build(site):
    app = next((app for app in site.apps if app.name == "ml"), None)
    if app is None:
        return
    sagemaker = site.client("sagemaker")
    tags = site.tag_list(app)
    role = site.roles["sagemaker"]
    lake = f"s3://acme-{site.account.name}-lake-curated-use1"
    for who in ("wei", "priya"):
        sagemaker.create_notebook_instance(
            NotebookInstanceName=site.name(app, f"notebook-{who}"),
            InstanceType="ml.t3.medium",
            RoleArn=role,
            SubnetId=site.networks.private[0],
            SecurityGroupIds=[site.networks.groups["apps"]],
            Tags=tags,
        )
    sagemaker.create_domain(
        DomainName=site.name(app, "studio"),
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": role},
        SubnetIds=site.networks.private,
        VpcId=site.networks.vpc,
        Tags=tags,
    )
    for model in ("ranking", "fraud"):
        name = site.name(app, model)
        for week in (44, 45, 46):
            sagemaker.create_training_job(
                TrainingJobName=f"{name}-2025w{week}",
                AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
                HyperParameters={"max_depth": "6", "eta": "0.2"},
                RoleArn=role,
                InputDataConfig=[
                    {
                        "ChannelName": "train",
                        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"{lake}/{model}"}},
                    }
                ],
                OutputDataConfig={"S3OutputPath": f"{lake}/models"},
                ResourceConfig={"InstanceType": "ml.m5.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50},
                StoppingCondition={"MaxRuntimeInSeconds": 7200},
                Environment={"HF_TOKEN": planted(f"training-{name}-{week}")},
                Tags=tags,
            )
        sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=role,
            PrimaryContainer={
                "Image": IMAGE,
                "ModelDataUrl": f"{lake}/models/{model}.tar.gz",
                "Environment": {"FEATURE_STORE_TOKEN": planted(f"model-{name}")},
            },
            Tags=tags,
        )
        sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[
                {
                    "VariantName": "main", "ModelName": name, "InitialInstanceCount": 1, "InstanceType": "ml.c5.xlarge",
                    "InitialVariantWeight": 1.0,
                }
            ],
        )
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name, Tags=tags)
