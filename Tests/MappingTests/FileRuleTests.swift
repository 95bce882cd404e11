import Diagnostics
import Mapping
import Model
import Testing

/// `MAPPING.md`, rules 1 to 10.
@Suite("Rules of files")
struct FileRuleTests {
    @Test("1: all files are one mapping, and the second of two definitions is the one in the later file")
    func together() {
        let result = parse([
            (
                "b.yaml",
                "version: 1\naccounts:\n  live: [{ ou: / }]\ngroups:\n  b: { members: [{ user: a@example.com }] }\n"
            ),
            (
                "a.yaml",
                "version: 1\naccounts:\n  ⟦live⟧: [{ all: true }]\ngroups:\n  ⟦B⟧: { retired: true }\n  a: { retired: true }\n"
            ),
        ])
        #expect(result.mapping.groups.map(\.name) == ["b", "a"])
        #expect(result.mapping.accountSets["live"]?.place == Place(file: "b.yaml", line: 3, column: 3))
    }

    @Test("1: a file without groups and patterns is legal")
    func nothing() {
        parse([("a.yaml", "version: 1\n"), ("b.yaml", "version: 1\naccounts: {}\ngroups: {}\n")])
    }

    @Test("2: errors of YAML are errors of the file, and what can be read is checked all the same")
    func yaml() {
        parse("version: 1\ngroups:\n  a:\n    members: ⟦!!seq⟧ [{ user: ⟦ana⟧ }]\n    ⟦<<⟧: {}\n")
        parse("version: 1\ngroups: { a: { retired: true } }\n⟦---⟧\nnot: checked\n")
        parse("⟦⟧\u{FEFF}".replacing("⟦⟧\u{FEFF}", with: "⟦⟧"))
        parse("⟦⟧# nothing but a comment\n")
        parse("⟦⟧---\n")
        parse("⟦~⟧\n")
    }

    @Test("3: what is not text by the core schema must be quoted where text is meant, keys included")
    func coreSchema() {
        let result = parse(
            """
            version: 1
            accounts:
              ⟦2026⟧: [{ name: ⟦1.5⟧ }, { id: ⟦111122223333⟧ }, { tag: { ⟦true⟧: x, y: ⟦null⟧, on: off } }]
            groups:
              ⟦7⟧: { members: [{ entra: ⟦~⟧ }, { entra: 0x }] }
              yes: { retired: ⟦yes⟧ }
              no: { retired: ⟦"true"⟧ }
              "8": { retired: True }

            """
        )
        let message = result.diagnostics.first { $0.line == 3 && $0.column == 31 }?.message
        #expect(message == "`id` must be text, not a number: put it in quotes")
    }

    @Test("4: `version` is required and is the number 1", arguments: ["1", "1.0", "0x1", "+1", "1e0"])
    func version(number: String) {
        parse("version: \(number)\n")
    }

    @Test(
        "4: anything else as `version` is an error",
        arguments: ["2", "\"1\"", "one", "~", "true", "[1]", "1.1", "{ a: 1 }"]
    )
    func wrongVersion(text: String) {
        parse("version: ⟦\(text)⟧\n")
    }

    @Test("4: other top-level keys are errors; a key near `version` stands for it")
    func topLevel() {
        parse("⟦group⟧: {}\nversion: 1\n⟦pattern⟧: []\n⟦other⟧: x\n⟦1⟧: x\n")
        parse("⟦versions⟧: 1\ngroups: {}\n")
        parse("⟦⟧⟦vsn⟧: 1\ngroups: {}\n")
        parse("⟦- version: 1⟧\n")
        parse("⟦text⟧\n")
    }

    @Test("4: `groups`, `accounts` are maps and `patterns` is a list")
    func kinds() {
        parse("version: 1\ngroups: ⟦[]⟧\naccounts: ⟦[]⟧\npatterns: ⟦{}⟧\n")
        parse("version: 1\ngroups:⟦⟧\naccounts: ⟦x⟧\npatterns:⟦⟧\n")
        parse("version: 1\npatterns: ⟦[]⟧\n")
        parse("version: 1\npatterns: [⟦x⟧]\n")
    }

    @Test("5: texts are compared in NFC; sets with regard to case, groups without")
    func comparison() {
        parse(
            "version: 1\naccounts:\n  \"\\u00e9\": [{ all: true }]\n  b: [{ set: \"e\\u0301\" }, { set: ⟦É⟧ }]\n  B: [{ set: b }]\n"
        )
        parse(
            "version: 1\ngroups:\n  STRASSE: { retired: true }\n  straße: { retired: true }\n  ⟦strasse⟧: { retired: true }\n"
        )
        parse("version: 1\ngroups:\n  ÉQUIPE: { retired: true }\n  ⟦\"e\\u0301quipe\"⟧: { retired: true }\n")
    }

    @Test(
        "6: what is an address",
        arguments: ["a@b.c", "zoë@exämple.co.jp", "o'brien+aws@example.com", "管理@例え.jp", "a.b-c_d@x-y.z", "a{b}@c.d"]
    )
    func addresses(address: String) {
        parse("version: 1\ngroups: { a: { members: [{ user: \"\(address)\" }, { google: \"\(address)\" }] } }\n")
    }

    @Test(
        "6: what is none",
        arguments: [
            "a", "a@b", "@b.c", "a@", "a@.c", "a@b.", "a@b..c", "a b@c.d", "a@b@c.d", "a@b c.d", "a\\u00a0b@c.d",
            "a\\tb@c.d",
            "a\\u2028@c.d", "<a@b.c>", "a(x)@b.c", "a,b@c.d", "a;b@c.d", "a:b@c.d", "a\\\\b@c.d", "a\\\"@b.c", "a[@b.c",
            "a]@b.c", "a\\u0007@b.c", "",
        ]
    )
    func noAddresses(text: String) {
        parse("version: 1\ngroups: { a: { members: [{ user: ⟦\"\(text)\"⟧ }, { google: ⟦\"\(text)\"⟧ }] } }\n")
    }

    @Test("6: an entra source takes any text but none")
    func entra() {
        parse("version: 1\ngroups: { a: { members: [{ entra: Team of ours }, { entra: ⟦\"\"⟧ }] } }\n")
    }

    @Test("7: duplicates in a list are legal, empty lists and an empty `tag` are not")
    func lists() {
        parse(
            group(
                """
                require: ⟦[]⟧
                except: ⟦[]⟧
                access:
                  - { permissionSets: ⟦[]⟧, accounts: ⟦[]⟧, except: ⟦[]⟧ }
                  - { permissionSets: [A, A], accounts: [{ tag: ⟦{}⟧ }, { all: true }, { all: true }] }
                """
            )
        )
        parse("version: 1\naccounts: { none: ⟦[]⟧ }\ngroups: { a: { members: ⟦[]⟧, access: [] } }\n")
    }

    @Test("8: a place with an anchor is the anchor, one by alias the alias; each error is told once")
    func anchors() {
        parse(
            """
            version: 1
            groups:
              a: ⟦&a⟧ []
              b: ⟦*a⟧
              c: &c { members: [⟦&d⟧ { user: ana@example.com, ⟦google⟧: x@example.com }] }
              d: *c

            """.replacing("⟦&d⟧", with: "&d")
        )
        parse("version: 1\ngroups:\n  a: { members: [&e { user: ⟦x⟧ }, *e , ⟦*f⟧ ] }\n".replacing(", ⟦*f⟧", with: ""))
    }

    @Test("8: a missing key is not reported where an unknown key near it stands in the same map, or a merge key")
    func missing() {
        parse("version: 1\ngroups:\n  a: { ⟦member⟧: [] }\n  ⟦b⟧: { ⟦people⟧: [] }\n  c: { ⟦<<⟧: {} }\n")
        parse(
            group("access: [{ ⟦permissonSets⟧: [A], ⟦acounts⟧: [] }, ⟦{⟧ ⟦sets⟧: [A], accounts: [{ all: true }] }]\n")
        )
        parse("version: 1\npatterns:\n  - { ⟦gogle⟧: x, ⟦groop⟧: y, ⟦acess⟧: [] }\n")
    }

    @Test("9: all diagnostics of all files at once, sorted by file, line, column")
    func sorted() {
        let result = parse([
            ("b/z.yaml", "version: ⟦2⟧\n"),
            ("a.yaml", "version: 1\ngroups:\n  a: { ⟦nestd⟧: x, members: ⟦[]⟧ }\n  ⟦b⟧: {}\n"),
            ("c.yaml", "version: 1\n⟦group⟧s: [".replacing("⟦group⟧s: [", with: "groups: ⟦[⟧x\n")),
        ])
        #expect(result.diagnostics.map(\.file) == ["a.yaml", "a.yaml", "a.yaml", "b/z.yaml", "c.yaml"])
    }

    @Test("9: a suggestion is the nearest name within max(1, length / 3)")
    func suggestions() {
        let result = parse(
            """
            version: 1
            accounts: { live: [{ ⟦nam⟧: x }, { set: ⟦lvie⟧ }, { set: ⟦liv⟧ }] }
            groups:
              admins:
                ⟦descripton⟧: x
                ⟦xyz⟧: x
                nested: ⟦flaten⟧
                members: [{ ⟦googel⟧: a@example.com }]

            """
        )
        let suggested = result.diagnostics.map { $0.suggestion ?? "" }
        #expect(suggested == ["name", "", "live", "description", "", "flatten", "google"])
    }

    @Test("9: each diagnostic carries the line and how far the caret goes")
    func lines() {
        let result = parse("version: 1\ngroups:\n  zoë: { ⟦colour⟧: red, retired: true }\n")
        #expect(result.diagnostics.first?.sourceLine == "  zoë: { colour: red, retired: true }")
        #expect(result.diagnostics.first?.length == 6)
    }

    @Test("10: the sources are those given, by their names")
    func sources() {
        let text =
            "version: 1\ngroups: { a: { members: [{ staff: a@example.com }, { ⟦google⟧: a@example.com }, { hr: Team }] } }\n"
        parse(text, sources: ["staff": .google, "hr": .entra, "unused": .google])
        parse(
            "version: 1\ngroups: { a: { members: [{ user: a@example.com }, { ⟦google⟧: a@example.com }] } }\n",
            sources: [:]
        )
    }

    @Test("a file that could not be read may define what another uses, so that is no error")
    func hiddenSets() {
        let use = (
            "b.yaml",
            "version: 1\ngroups: { a: { members: [{ user: a@example.com }], access: [{ permissionSets: [A], accounts: [{ set: live }] }] } }\n"
        )
        parse([("a.yaml", "version: 1\naccounts: ⟦[⟧x\n"), use])
        parse([("a.yaml", "version: 1\naccounts: ⟦[]⟧\n"), use])
        parse([("a.yaml", "version: 1\n⟦acounts⟧: { live: [{ all: true }] }\n"), use])
    }
}
