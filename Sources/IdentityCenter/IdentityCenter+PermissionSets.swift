public import Model

extension IdentityCenter {
    /// All permission sets with their names and session durations.
    ///
    /// One that is deleted between its listing and its description is not there.
    public func permissionSets() async throws(UpstreamError) -> [PermissionSet] {
        let instance = try await instance()
        let listing = Listing<String>(
            operation: "ListPermissionSets",
            rows: "PermissionSets",
            input: instance.input()
        ) { $0 }
        let arns = try await ssoAdmin.list(listing).map { PermissionSetARN($0) }
        return try await inParallel(arns) { (arn) async throws(UpstreamError) in
            try await self.permissionSet(arn, instance)
        }.compactMap { $0 }
    }

    private func permissionSet(
        _ arn: PermissionSetARN,
        _ instance: InstanceRow
    ) async throws(UpstreamError) -> PermissionSet? {
        let input = instance.input(["PermissionSetArn": .text(arn.value)])
        do {
            let row = try await ssoAdmin.read(
                "DescribePermissionSet",
                input,
                object: "permission set \(arn)",
                as: PermissionSetAnswer.self
            ).permissionSet
            let seconds = row.duration.map(\.seconds) ?? SessionDuration.standardSeconds
            return PermissionSet(arn: arn, name: row.name, sessionSeconds: seconds)
        } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }
}
