import Model
import Report
import TestSupport
import Testing

@Suite("What offboard reports")
struct OffboardReportTests {
    static let report = OffboardReport(people: [
        .init(
            user: "ana@example.com",
            userID: "u-1",
            recordedAt: Samples.now,
            withdrawn: [
                .init(.init(kind: "removeMember", group: "platform-admins"), requestID: "r-1", at: Samples.now),
                .init(
                    .init(
                        kind: "deleteAssignment",
                        account: "111122223333",
                        accountName: "prod\u{202E}",
                        permissionSet: "AdministratorAccess"
                    ),
                    requestID: "r-2",
                    at: Samples.now.adding(seconds: 3)
                ),
            ],
            standing: [
                .init(
                    .init(kind: "session", account: "111122223333", permissionSet: "AdministratorAccess"),
                    until: Samples.now.adding(seconds: 3_600),
                    reason: "a role session that had begun; --deny-policy prints a policy that ends it"
                )
            ],
            provenAt: Samples.now.adding(seconds: 60)
        ),
        .init(user: "bo@example.com", userID: nil, recordedAt: Samples.now),
    ])

    @Test("text and document look as they were reviewed")
    func golden() {
        Golden.expect(Self.report.text(), equals: "offboard.txt")
        Golden.expect(Self.report.document, equals: "offboard.json")
    }

    @Test("a dry run says that nothing was done")
    func dryRun() {
        var report = Self.report
        report.isDryRun = true
        #expect(report.text().contains("2 accesses would be withdrawn; nothing was changed or recorded"))
    }
}
