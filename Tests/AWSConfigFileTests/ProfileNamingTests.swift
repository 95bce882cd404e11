import Model
import TestSupport
import Testing

@testable import AWSConfigFile

@Suite("The names of profiles")
struct ProfileNamingTests {
    private func access(_ id: String, _ name: String, _ set: String = "Admin") -> ProfileAccess {
        ProfileAccess(account: AccountID(id), accountName: name, permissionSet: set, region: "eu-west-1")
    }

    @Test(
        "what a name may not hold becomes one dash",
        arguments: [
            ("prod-Admin", "prod-Admin"), ("Team A", "Team-A"), ("a  b", "a-b"), ("a - b", "a-b"), ("a--b", "a--b"),
            ("a--b c", "a--b-c"), ("café", "caf-"), ("\u{7}x\n[y]", "-x-y-"), ("日本", "-"),
            ("A_z.9+=,@/-", "A_z.9+=,@/-"),
            ("e\u{301}", "e-"), ("a\r\nb", "a-b"), ("👩‍👩‍👧", "-"), ("", ""),
        ]
    )
    func sanitized(text: String, expected: String) {
        #expect(ProfileNaming.sanitized(text) == expected)
    }

    @Test("placeholders are filled in one pass, whatever an account is called")
    func filled() {
        let names = ProfileNaming(template: "x {permissionSet}/{accountId}.{account}").names(
            of: [access("111111111111", "{permissionSet}")]
        )
        #expect(names == ["x-Admin/111111111111.-permissionSet-"])
    }

    @Test("all that fall together get the account's id")
    func clashes() {
        let all = [
            access("111111111111", "dev"), access("222222222222", "dev"), access("333333333333", "Dev"),
            access("444444444444", "dev!"), access("555555555555", "dev-"),
        ]
        let names = ProfileNaming(template: "{account}-{permissionSet}").names(of: all)
        #expect(
            names == [
                "dev-Admin-111111111111", "dev-Admin-222222222222", "Dev-Admin", "dev-Admin-444444444444",
                "dev--Admin",
            ]
        )
    }

    @Test("a name that another one with its id already has is lengthened once more")
    func clashesAgain() {
        let all = [
            access("111111111111", "dev", "A"), access("222222222222", "dev", "A"),
            access("333333333333", "dev-A", "111111111111"),
        ]
        let names = ProfileNaming(template: "{account}-{permissionSet}").names(of: all)
        #expect(names == ["dev-A-111111111111-111111111111", "dev-A-222222222222", "dev-A-111111111111-333333333333"])
    }

    @Test("within one account, where its id parts nothing, the permission set does")
    func clashesWithinOneAccount() {
        let all = [access("111111111111", "x!", "-a"), access("111111111111", "x!", "a")]
        let names = ProfileNaming(template: "{account}{permissionSet}").names(of: all)
        #expect(names == ["x-a--a", "x-a-a"])
    }

    @Test("random accounts get distinct, legal names that do not depend on the order")
    func random() {
        for seed in UInt64(1)...300 {
            var random = SeededGenerator(seed: seed)
            let all = ProfileNamingTests.company(&random)
            let template =
                ["{account}-{permissionSet}", "{permissionSet}{account}", "{accountId} {permissionSet}"]
                .randomElement(using: &random) ?? ""
            let naming = ProfileNaming(template: template)
            let names = naming.names(of: all)
            #expect(Set(names).count == all.count, "seed \(seed): \(names)")
            #expect(names.allSatisfy { ProfileNaming.sanitized($0) == $0 && !$0.isEmpty }, "seed \(seed): \(names)")
            let named = Dictionary(uniqueKeysWithValues: zip(all, names))
            let shuffled = all.shuffled(using: &random)
            #expect(naming.names(of: shuffled) == shuffled.map { named[$0] }, "seed \(seed)")
        }
    }

    /// Accounts whose names fall together often.
    static func company(_ random: inout SeededGenerator) -> [ProfileAccess] {
        let pieces = [
            "dev", "Dev", "-", " ", "!", "\u{0}", "é", "a", "prod", "000000000001", "日", "[", "]", "=", "{account}",
        ]
        let sets = ["A", "a", "A-B", "-A", "B", "000000000001"]
        var all: Set<ProfileAccess> = []
        for number in 1...Int.random(in: 1...12, using: &random) {
            let digits = String(number)
            let id = String(repeating: "0", count: 12 - digits.count) + digits
            let name = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            for set in sets where Bool.random(using: &random) {
                all.insert(
                    ProfileAccess(account: AccountID(id), accountName: name, permissionSet: set, region: "eu-west-1")
                )
            }
        }
        return all.sorted { ($0.account, $0.permissionSet) < ($1.account, $1.permissionSet) }
    }
}
