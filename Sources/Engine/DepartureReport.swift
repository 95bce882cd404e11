public import Model
public import Report

extension DepartureOutcome {
    /// The report as `offboard` shows it (`DESIGN.md`, Departures 11).
    public func report(isDryRun: Bool = false) -> OffboardReport {
        OffboardReport(people: people.map { person($0, isDryRun) }, isDryRun: isDryRun)
    }

    private func person(_ person: OffboardedPerson, _ isDryRun: Bool) -> OffboardReport.Person {
        var result = OffboardReport.Person(
            user: person.name,
            userID: person.userID,
            recordedAt: person.recordedAt,
            provenAt: person.provenAt
        )
        result.withdrawn = (person.withdrawn + person.userWrites).map { access in
            OffboardReport.Withdrawal(
                names.access(access.write),
                requestID: access.receipt.requestID,
                at: isDryRun ? nil : access.at
            )
        }
        result.standing = standing(person)
        return result
    }

    private func standing(_ person: OffboardedPerson) -> [OffboardReport.Standing] {
        var standing = person.standing.map { access in
            let what = access.write.map(names.access) ?? OffboardReport.Access(kind: "unread")
            return OffboardReport.Standing(what, until: nil, reason: access.error.description)
        }
        standing += person.openApplications.map { application in
            OffboardReport.Standing(
                OffboardReport.Access(kind: "openApplication", application: application),
                until: nil,
                reason: "the application needs no assignment: everybody who can sign in may use it"
            )
        }
        standing += person.sessions.map { session in
            OffboardReport.Standing(
                OffboardReport.Access(
                    kind: "session",
                    account: session.pair.account.value,
                    permissionSet: names.name(of: session.pair.permissionSet)
                ),
                until: session.until,
                reason:
                    "a role session that began before the withdrawal lasts to its end; --deny-policy prints what ends it"
            )
        }
        return standing
    }

    /// What a person should read beside the report, one line each.
    public var notes: [String] {
        people.flatMap { person in person.notes.map { "\(person.name): \($0)" } }
            + sourceProblems.map { "a source could not be asked: \($0)" }
    }
}

extension OffboardedPerson {
    /// A policy that denies this user's running role sessions everything; nil where Identity Center has no such user.
    ///
    /// Source: IAM Identity Center user guide, "Use a Deny policy to revoke active user permissions"; the condition key
    /// is `identitystore:UserId` of the service authorization reference.
    public var denyPolicy: String? {
        guard let userID else { return nil }
        return DenyPolicy.json(userID).document
    }
}

/// The statement that ends the running sessions of exactly one user.
public enum DenyPolicy {
    /// The policy document, ready for a permission set's inline policy or a service control policy.
    public static func json(_ user: UserID) -> JSON {
        [
            "Version": "2012-10-17",
            "Statement": [
                [
                    "Sid": "DenyDepartedUser", "Effect": "Deny", "Action": "*", "Resource": "*",
                    "Condition": ["StringEquals": ["identitystore:UserId": .string(user.value)]],
                ]
            ],
        ]
    }
}
