public import Model

extension IdentityCenter {
    /// The direct application assignments of a user.
    public func applicationAssignments(
        of user: UserID
    ) async throws(UpstreamError) -> [Holdings.ApplicationAssignment] {
        try await applicationAssignments(of: .user(user), firstAlone: false)
    }

    /// The ARNs of the applications that need no assignment: everybody may use them.
    ///
    /// Source: IAM Identity Center API, ListApplications and GetApplicationAssignmentConfiguration (`AssignmentRequired`).
    public func openApplications() async throws(UpstreamError) -> [String] {
        let listing = Listing<ApplicationRow>(
            operation: "ListApplications",
            rows: "Applications",
            input: try await instance().input([:]),
            size: 50
        ) { $0.application }
        let applications = try await ssoAdmin.list(listing).map(\.application)
        let answers = try await inParallel(applications) { (application) async throws(UpstreamError) in
            try await self.isOpen(application)
        }
        return zip(applications, answers).filter(\.1).map(\.0).sorted()
    }

    private func isOpen(_ application: String) async throws(UpstreamError) -> Bool {
        do {
            let row = try await ssoAdmin.read(
                "GetApplicationAssignmentConfiguration",
                ["ApplicationArn": .text(application)],
                object: "application \(application)",
                as: AssignmentConfigurationRow.self
            )
            return !row.isAssignmentRequired
        } catch {
            // Deleted since it was listed.
            if error.kind == .notFound { return false }
            throw error
        }
    }
}

/// One of `Applications` of ListApplications.
struct ApplicationRow: Decodable, Sendable {
    var application: String
    enum CodingKeys: String, CodingKey { case application = "ApplicationArn" }
}

/// The answer of GetApplicationAssignmentConfiguration.
struct AssignmentConfigurationRow: Decodable, Sendable {
    var isAssignmentRequired: Bool
    enum CodingKeys: String, CodingKey { case isAssignmentRequired = "AssignmentRequired" }
}
