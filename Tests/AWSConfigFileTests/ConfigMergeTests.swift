import AWSAuth
import Foundation
import Model
import TestSupport
import Testing

@testable import AWSConfigFile

@Suite("The block and the files that it is put into")
struct ConfigMergeTests {
    static let files: [(name: String, bytes: [UInt8])] = {
        guard let root = Bundle.module.resourceURL?.appendingPathComponent("Cases") else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.sorted().compactMap { name in
            (try? Data(contentsOf: root.appendingPathComponent(name))).map { (name, Array($0)) }
        }
    }()

    static let block = ConfigBlock(
        session: ConfigSession(
            name: "corp",
            startURL: "https://d-1234567890.awsapps.com/start",
            region: "ap-northeast-1"
        ),
        access: [
            ProfileAccess(
                account: AccountID("444455556666"),
                accountName: "prod",
                permissionSet: "ReadOnly",
                region: "us-east-1"
            ),
            ProfileAccess(
                account: AccountID("111122223333"),
                accountName: "dev",
                permissionSet: "ReadOnly",
                region: "ap-northeast-1"
            ),
        ],
        template: "{account}-{permissionSet}",
        settings: [.init(key: "output", value: "json"), .init(key: "cli_pager", value: "less -R # mine")]
    )

    static func files(_ prefix: String) -> [String] { files.map(\.name).filter { $0.hasPrefix(prefix) } }

    private func bytes(_ name: String) throws -> [UInt8] {
        try #require(ConfigMergeTests.files.first { $0.name == name }).bytes
    }

    @Test("a block is this, byte for byte")
    func block() {
        #expect(
            ConfigMergeTests.block.text() == """
                # >>> idbridge aws-config: do not edit inside
                [sso-session corp]
                sso_start_url = https://d-1234567890.awsapps.com/start
                sso_region = ap-northeast-1
                sso_registration_scopes = sso:account:access

                [profile dev-ReadOnly]
                sso_session = corp
                sso_account_id = 111122223333
                sso_role_name = ReadOnly
                region = ap-northeast-1
                output = json
                cli_pager = less -R # mine

                [profile prod-ReadOnly]
                sso_session = corp
                sso_account_id = 444455556666
                sso_role_name = ReadOnly
                region = us-east-1
                output = json
                cli_pager = less -R # mine
                # <<< idbridge aws-config

                """
        )
    }

    @Test("there are more than twenty nasty files")
    func thereAreFiles() {
        #expect(ConfigMergeTests.files.count > 40)
        #expect(ConfigMergeTests.files("merged").count > 20)
    }

    @Test("nothing outside the block changes, and a second merge changes nothing", arguments: files("merged"))
    func merged(name: String) throws {
        let existing = try bytes(name)
        let merge = try ConfigMerge(ConfigMergeTests.block, into: existing)
        #expect(ConfigMergeTests.outside(merge.bytes) == ConfigMergeTests.outside(existing, isPadded: true), "\(name)")
        let file = INIFile(merge.bytes)
        #expect(file.faults.isEmpty)
        let names = ConfigNames(file)
        for profile in ConfigMergeTests.block.profiles where !merge.leftOut.contains(profile.name) {
            #expect(names.property("sso_account_id", ofProfile: profile.name) == profile.access.account.value)
            #expect(names.property("region", ofProfile: profile.name) == profile.access.region)
        }
        let again = try ConfigMerge(ConfigMergeTests.block, into: merge.bytes)
        #expect(again.bytes == merge.bytes)
        #expect(again.leftOut == merge.leftOut)
    }

    /// The file without its block: without one, with a newline at its end, since a block goes behind one.
    static func outside(_ bytes: [UInt8], isPadded: Bool = false) -> [UInt8] {
        let data = Data(bytes)
        let first = place(of: "# >>> idbridge aws-config: do not edit inside", in: data)
        let last = place(of: "# <<< idbridge aws-config", in: data)
        guard let first, let last else {
            let isOpen = data.last.map { $0 != 10 && $0 != 13 } ?? false
            return isPadded && isOpen ? bytes + [10] : bytes
        }
        let rest = data[last.upperBound...]
        let end = rest.firstIndex(of: 10).map { $0 + 1 } ?? data.endIndex
        return Array(data[..<first.lowerBound]) + Array(data[end...])
    }

    /// Where a marker stands at the start of a line.
    private static func place(of marker: String, in data: Data) -> Range<Int>? {
        var from = data.startIndex
        while let found = data.range(of: Data(marker.utf8), in: from..<data.endIndex) {
            if found.lowerBound == 0 || [10, 13].contains(data[found.lowerBound - 1]) { return found }
            from = found.upperBound
        }
        return nil
    }

    @Test(
        "a file that botocore refuses, or with half a block, is left alone with the line",
        arguments: files("refused")
    )
    func refused(name: String) throws {
        let existing = try bytes(name)
        let error = #expect(throws: ConfigMerge.Failure.self) {
            try ConfigMerge(ConfigMergeTests.block, into: existing)
        }
        guard case .refused(let line, let problem)? = error else {
            Issue.record("\(name): \(String(describing: error))")
            return
        }
        #expect(line == Int(name.split(separator: "-")[1]), "\(name): \(problem)")
    }

    @Test("a session of the same name that means something else is told of", arguments: files("session"))
    func sessions(name: String) throws {
        let existing = try bytes(name)
        let error = #expect(throws: ConfigMerge.Failure.self) {
            try ConfigMerge(ConfigMergeTests.block, into: existing)
        }
        guard case .sessionDiffers? = error else {
            Issue.record("\(name): \(String(describing: error))")
            return
        }
    }

    @Test("keys behind the block that its last profile has already are told of with their line")
    func keysBehind() throws {
        let existing = try bytes("afterwards-keys-behind-the-block-twice.ini")
        let error = #expect(throws: ConfigMerge.Failure.self) {
            try ConfigMerge(ConfigMergeTests.block, into: existing)
        }
        guard case .refused(line: 25, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("keys behind the block that change nothing of it stay, with a word")
    func strayKeys() throws {
        let merge = try ConfigMerge(ConfigMergeTests.block, into: bytes("merged-22-keys-behind-the-block.ini"))
        #expect(merge.strayLine == 23)
    }

    @Test("profiles of the same names outside stay, and ours are left out")
    func sameNames() throws {
        let merge = try ConfigMerge(ConfigMergeTests.block, into: bytes("merged-08-same-names.ini"))
        #expect(merge.leftOut == ["dev-ReadOnly", "prod-ReadOnly"])
        #expect(!String(decoding: merge.bytes, as: UTF8.self).contains("[profile prod-ReadOnly]"))
    }

    @Test("a session that means the same is not written twice", arguments: ["13-same-session", "26-same-default"])
    func sameSession(name: String) throws {
        let merge = try ConfigMerge(ConfigMergeTests.block, into: bytes("merged-\(name).ini"))
        #expect(!String(decoding: merge.bytes, as: UTF8.self).contains("inside\n[sso-session"))
    }

    @Test("files cut at any byte are either refused or merged whole, and never made worse")
    func cuts() throws {
        for (name, bytes) in ConfigMergeTests.files {
            for length in bytes.indices {
                let part = Array(bytes[..<length])
                guard let merge = try? ConfigMerge(ConfigMergeTests.block, into: part) else { continue }
                #expect(INIFile(merge.bytes).faults.isEmpty, "\(name) cut at \(length)")
                #expect(
                    try ConfigMerge(ConfigMergeTests.block, into: merge.bytes).bytes == merge.bytes,
                    "\(name) \(length)"
                )
            }
        }
    }

    @Test("a company of random accounts reads back account by account, in whatever order it comes")
    func random() throws {
        for seed in UInt64(1)...100 {
            var random = SeededGenerator(seed: seed)
            let all = ProfileNamingTests.company(&random)
            func block(_ access: [ProfileAccess]) -> ConfigBlock {
                ConfigBlock(
                    session: ConfigMergeTests.block.session,
                    access: access,
                    template: "{account}{permissionSet}",
                    settings: []
                )
            }
            let made = block(all)
            #expect(block(all.shuffled(using: &random)) == made, "seed \(seed)")
            let names = ConfigNames(INIFile(Array(made.text().utf8)))
            #expect(names.profiles.count == all.count, "seed \(seed)")
            for profile in made.profiles {
                #expect(names.property("sso_account_id", ofProfile: profile.name) == profile.access.account.value)
                #expect(names.property("sso_role_name", ofProfile: profile.name) == profile.access.permissionSet)
            }
        }
    }
}
