import { readFileSync } from "node:fs";
import { expect, inject, test } from "vitest";
import { readNames, readTemplate } from "../support/aws/template.ts";

interface Statement {
  Sid: string;
  Effect: "Allow";
  Action: string | string[];
  Resource: string | string[];
}

const { Statement: statements }: { Statement: Statement[] } = JSON.parse(
  readFileSync("docs/deployer-policy.json", "utf8"),
);
const { service } = readNames(inject("packages").dev);
const granted = statements.flatMap(({ Action }) => [Action].flat());

/** The actions that `sls deploy`, `info`, `deploy list`, `rollback` and `remove` call directly. */
const FRAMEWORK = [
  "cloudformation:CreateChangeSet",
  "cloudformation:DeleteChangeSet",
  "cloudformation:DeleteStack",
  "cloudformation:DescribeChangeSet",
  "cloudformation:DescribeStackEvents",
  "cloudformation:DescribeStackResource",
  "cloudformation:DescribeStackResources",
  "cloudformation:DescribeStacks",
  "cloudformation:ExecuteChangeSet",
  "cloudformation:GetTemplate",
  "cloudformation:ListStackResources",
  "cloudformation:UpdateTerminationProtection",
  "cloudformation:ValidateTemplate",
  "lambda:GetFunction",
  "s3:DeleteObject",
  "s3:DeleteObjectVersion",
  "s3:GetBucketLocation",
  "s3:GetObject",
  "s3:ListBucket",
  "s3:ListBucketVersions",
  "s3:PutObject",
];

/** The actions that CloudFormation calls with the deployer's permissions, for each resource type. */
const BY_TYPE: Record<string, string[]> = {
  "AWS::ApiGatewayV2::Api": [
    "apigateway:DELETE",
    "apigateway:GET",
    "apigateway:PATCH",
    "apigateway:POST",
    "apigateway:PUT",
    "apigateway:TagResource",
    "iam:CreateServiceLinkedRole",
  ],
  "AWS::ApiGatewayV2::Integration": [
    "apigateway:DELETE",
    "apigateway:GET",
    "apigateway:PATCH",
    "apigateway:POST",
  ],
  "AWS::ApiGatewayV2::Route": ["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST"],
  "AWS::ApiGatewayV2::Stage": [
    "apigateway:DELETE",
    "apigateway:GET",
    "apigateway:PATCH",
    "apigateway:POST",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
  ],
  "AWS::CloudWatch::Alarm": [
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:ListTagsForResource",
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:TagResource",
    "cloudwatch:UntagResource",
  ],
  "AWS::CloudWatch::Dashboard": [
    "cloudwatch:DeleteDashboards",
    "cloudwatch:GetDashboard",
    "cloudwatch:PutDashboard",
  ],
  "AWS::DynamoDB::Table": [
    "dynamodb:CreateTable",
    "dynamodb:DeleteTable",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable",
    "dynamodb:ListTagsOfResource",
    "dynamodb:TagResource",
    "dynamodb:UntagResource",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:UpdateTable",
  ],
  "AWS::Events::Rule": [
    "events:DeleteRule",
    "events:DescribeRule",
    "events:ListTagsForResource",
    "events:ListTargetsByRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
    "events:TagResource",
    "events:UntagResource",
  ],
  "AWS::IAM::Role": [
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
  ],
  "AWS::Lambda::EventInvokeConfig": [
    "lambda:DeleteFunctionEventInvokeConfig",
    "lambda:GetFunctionEventInvokeConfig",
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:UpdateFunctionEventInvokeConfig",
  ],
  "AWS::Lambda::Function": [
    "iam:PassRole",
    "lambda:CreateFunction",
    "lambda:DeleteFunction",
    "lambda:DeleteFunctionConcurrency",
    "lambda:GetFunction",
    "lambda:GetFunctionConfiguration",
    "lambda:ListTags",
    "lambda:PutFunctionConcurrency",
    "lambda:TagResource",
    "lambda:UntagResource",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "s3:GetObject",
  ],
  "AWS::Lambda::Permission": ["lambda:AddPermission", "lambda:GetPolicy", "lambda:RemovePermission"],
  "AWS::Logs::LogGroup": [
    "logs:CreateLogGroup",
    "logs:DeleteLogGroup",
    "logs:DeleteRetentionPolicy",
    "logs:DescribeLogGroups",
    "logs:ListTagsForResource",
    "logs:PutRetentionPolicy",
    "logs:TagResource",
    "logs:UntagResource",
  ],
  "AWS::Logs::MetricFilter": [
    "logs:DeleteMetricFilter",
    "logs:DescribeMetricFilters",
    "logs:PutMetricFilter",
  ],
  "AWS::S3::Bucket": [
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
  ],
  "AWS::S3::BucketPolicy": ["s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"],
  "AWS::SNS::Subscription": [
    "sns:GetSubscriptionAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Subscribe",
    "sns:Unsubscribe",
  ],
  "AWS::SNS::Topic": [
    "sns:CreateTopic",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListTagsForResource",
    "sns:SetTopicAttributes",
    "sns:TagResource",
    "sns:UntagResource",
  ],
  "AWS::SNS::TopicPolicy": ["sns:GetTopicAttributes", "sns:SetTopicAttributes"],
  "AWS::SQS::Queue": [
    "sqs:CreateQueue",
    "sqs:DeleteQueue",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ListQueueTags",
    "sqs:SetQueueAttributes",
    "sqs:TagQueue",
    "sqs:UntagQueue",
  ],
  "AWS::SQS::QueuePolicy": ["sqs:GetQueueAttributes", "sqs:SetQueueAttributes"],
};

test("the deployer's policy covers each resource type of the templates, and no other", () => {
  const types = Object.values(inject("packages")).flatMap((made) =>
    Object.values(readTemplate(made).Resources).map(({ Type }) => Type),
  );

  expect([...new Set(types)].sort()).toEqual(Object.keys(BY_TYPE).sort());
});

test("the deployer's policy grants exactly what the framework and CloudFormation call, each action once", () => {
  const needed = new Set([...FRAMEWORK, ...Object.values(BY_TYPE).flat()]);

  expect([...granted].sort()).toEqual([...needed].sort());
});

test("the deployer's policy names this service's resources, except those that AWS does not let it name", () => {
  const elsewhere = statements.filter(({ Resource }) =>
    [Resource].flat().some((arn) => !arn.includes(`${service}-`)),
  );

  expect(elsewhere.map(({ Sid }) => Sid)).toEqual([
    "HttpApi",
    "ServiceLinkedRoleOfApiGateway",
    "WithoutResourceNames",
  ]);
});

test("the deployer's policy fits the limit of 6,144 characters for a managed policy", () => {
  expect(JSON.stringify({ Version: "2012-10-17", Statement: statements }).length).toBeLessThan(6_144);
});
