extension SSOAdminService {
    static let reads: [String: OperationShape] = [
        "ListInstances": .read("MaxResults", "NextToken", "RegionScope"),
        "DescribeInstance": .read("InstanceArn"),
        "ListPermissionSets": .read("InstanceArn", "MaxResults", "NextToken"),
        "DescribePermissionSet": .read("InstanceArn", "PermissionSetArn"),
        "ListTagsForResource": .read("InstanceArn", "ResourceArn", "NextToken"),
        "ListManagedPoliciesInPermissionSet": .read("InstanceArn", "PermissionSetArn", "MaxResults", "NextToken"),
        "ListCustomerManagedPolicyReferencesInPermissionSet":
            .read("InstanceArn", "PermissionSetArn", "MaxResults", "NextToken"),
        "GetInlinePolicyForPermissionSet": .read("InstanceArn", "PermissionSetArn"),
        "GetPermissionsBoundaryForPermissionSet": .read("InstanceArn", "PermissionSetArn"),
        "ListPermissionSetsProvisionedToAccount":
            .read("InstanceArn", "AccountId", "ProvisioningStatus", "MaxResults", "NextToken"),
        "ListAccountsForProvisionedPermissionSet":
            .read("InstanceArn", "PermissionSetArn", "ProvisioningStatus", "MaxResults", "NextToken"),
        "ListPermissionSetProvisioningStatus": .read("InstanceArn", "Filter", "MaxResults", "NextToken"),
        "DescribePermissionSetProvisioningStatus": .read("InstanceArn", "ProvisionPermissionSetRequestId"),
        "ListAccountAssignments": .read("InstanceArn", "AccountId", "PermissionSetArn", "MaxResults", "NextToken"),
        "ListAccountAssignmentsForPrincipal":
            .read("InstanceArn", "PrincipalId", "PrincipalType", "Filter", "MaxResults", "NextToken"),
        "ListAccountAssignmentCreationStatus": .read("InstanceArn", "Filter", "MaxResults", "NextToken"),
        "ListAccountAssignmentDeletionStatus": .read("InstanceArn", "Filter", "MaxResults", "NextToken"),
        "DescribeAccountAssignmentCreationStatus": .read("InstanceArn", "AccountAssignmentCreationRequestId"),
        "DescribeAccountAssignmentDeletionStatus": .read("InstanceArn", "AccountAssignmentDeletionRequestId"),
        "ListApplications": .read("InstanceArn", "Filter", "MaxResults", "NextToken"),
        "DescribeApplication": .read("ApplicationArn"),
        "GetApplicationAssignmentConfiguration": .read("ApplicationArn"),
        "ListApplicationAssignments": .read("ApplicationArn", "MaxResults", "NextToken"),
        "ListApplicationAssignmentsForPrincipal":
            .read("InstanceArn", "PrincipalId", "PrincipalType", "Filter", "MaxResults", "NextToken"),
        "DescribeApplicationAssignment": .read("ApplicationArn", "PrincipalId", "PrincipalType"),
    ]

    private static let target = [
        "InstanceArn", "TargetId", "TargetType", "PermissionSetArn", "PrincipalType", "PrincipalId",
    ]

    static let writes: [String: OperationShape] = [
        "CreateAccountAssignment": OperationShape(isWrite: true, members: target),
        "DeleteAccountAssignment": OperationShape(isWrite: true, members: target),
        "CreatePermissionSet": .write("InstanceArn", "Name", "Description", "SessionDuration", "RelayState", "Tags"),
        "UpdatePermissionSet":
            .write("InstanceArn", "PermissionSetArn", "Description", "SessionDuration", "RelayState"),
        "DeletePermissionSet": .write("InstanceArn", "PermissionSetArn"),
        "TagResource": .write("InstanceArn", "ResourceArn", "Tags"),
        "UntagResource": .write("InstanceArn", "ResourceArn", "TagKeys"),
        "PutInlinePolicyToPermissionSet": .write("InstanceArn", "PermissionSetArn", "InlinePolicy"),
        "DeleteInlinePolicyFromPermissionSet": .write("InstanceArn", "PermissionSetArn"),
        "AttachManagedPolicyToPermissionSet": .write("InstanceArn", "PermissionSetArn", "ManagedPolicyArn"),
        "DetachManagedPolicyFromPermissionSet": .write("InstanceArn", "PermissionSetArn", "ManagedPolicyArn"),
        "AttachCustomerManagedPolicyReferenceToPermissionSet":
            .write("InstanceArn", "PermissionSetArn", "CustomerManagedPolicyReference"),
        "DetachCustomerManagedPolicyReferenceFromPermissionSet":
            .write("InstanceArn", "PermissionSetArn", "CustomerManagedPolicyReference"),
        "PutPermissionsBoundaryToPermissionSet": .write("InstanceArn", "PermissionSetArn", "PermissionsBoundary"),
        "DeletePermissionsBoundaryFromPermissionSet": .write("InstanceArn", "PermissionSetArn"),
        "ProvisionPermissionSet": .write("InstanceArn", "PermissionSetArn", "TargetType", "TargetId"),
        "CreateApplicationAssignment": .write("ApplicationArn", "PrincipalId", "PrincipalType"),
        "DeleteApplicationAssignment": .write("ApplicationArn", "PrincipalId", "PrincipalType"),
    ]
}
