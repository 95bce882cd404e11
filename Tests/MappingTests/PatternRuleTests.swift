import Diagnostics
import Mapping
import Model
import Testing

/// `MAPPING.md`, rules 35 and 36.
@Suite("Rules of patterns")
struct PatternRuleTests {
    private let start = "google: aws-{account}-{permissionSet}@example.com\ngroup: aws-{account}-{permissionSet}\n"

    @Test("35: every key is read into the model")
    func model() throws {
        let result = parse(
            pattern(
                """
                google: aws-{account}-{team}@example.com
                group: aws-{account}-{team}
                description: " Access to {account} "
                require: [{ google: "{team}-mfa@example.com" }]
                except: [{ entra: "Not {team}" }, { user: "{team}@example.com" }]
                nested: direct
                allowEmpty: true
                adopt: true
                anyCreator: true
                only: { permissionSets: [A], accounts: [{ ou: / }] }
                access:
                  - permissionSets: ["{team}"]
                    accounts: [{ name: "{account}" }, { id: "{team}" }, { ou: "/Teams/{team}" }, { tag: { team: "{team}" } }]
                """
            )
        )
        let made = try #require(result.mapping.patterns.first)
        #expect(made.source == "google" && made.sourceTemplate.words == ["account", "team"])
        #expect(made.group.text == "aws-{account}-{team}" && made.description?.value.text == "Access to {account}")
        #expect(made.require.map(\.via) == ["google:{team}-mfa@example.com"])
        #expect(made.except.map(\.via) == ["entra:Not {team}", "user:{team}@example.com"])
        #expect(made.nested == .direct && made.allowEmpty && made.adopt && made.anyCreator)
        #expect(made.only?.permissionSets?.map(\.value) == ["A"])
        #expect(made.only?.accounts?.map(\.kind) == [.organizationalUnit([])])
        #expect(made.access.first?.permissionSets.map(\.value) == ["{team}"])
        #expect(
            made.access.first?.accounts.map(\.kind) == [
                .nameTemplate("{account}"), .idTemplate("{team}"), .organizationalUnit(["Teams", "{team}"]),
                .tags(["team": "{team}"]),
            ]
        )
        #expect(result.diagnostics.isEmpty)
    }

    @Test("35: one source key, `group` and `access` are required")
    func required() {
        parse(
            """
            version: 1
            patterns:
              - ⟦{ group: g, access: [] }⟧
              - ⟦google⟧: a@example.com
                access: []
              - ⟦{ entra: a, group: g }⟧
              - ⟦{}⟧
              - { entra: a, ⟦google⟧: a@example.com, group: g, access: [] }
              - ⟦{⟧ ⟦okta⟧: a, group: g, access: [] }
              - { ⟦members⟧: [], entra: a, group: g, access: [], ⟦formerly⟧: x, ⟦retired⟧: true, ⟦membership⟧: managed }

            """.replacing("⟦{}⟧", with: "⟦⟦⟦{}⟧⟧⟧")
        )
    }

    @Test("35: wrong values of each key, at the value")
    func values() {
        parse(
            pattern(
                """
                entra: ⟦""⟧
                group: ⟦5⟧
                description: ⟦[]⟧
                require: ⟦[]⟧
                except: [{ ⟦x⟧: y }]
                nested: ⟦deep⟧
                allowEmpty: ⟦1⟧
                adopt: ⟦no⟧
                anyCreator: ⟦~⟧
                only: ⟦[]⟧
                access: ⟦{}⟧
                """
            )
        )
        parse(pattern("google: ⟦aws-{account}⟧\ngroup: ⟦\"\"⟧\naccess: []\n"))
        parse(pattern("google: aws-{account}@{domain}\ngroup: ⟦administrator⟧\naccess: []\n"))
    }

    @Test("35: `only` has at least one of its keys")
    func only() {
        parse(pattern(start + "access: []\n⟦only⟧: {}\n"))
        parse(pattern(start + "access: []\nonly: { permissionSets: [A] }\n"))
        parse(pattern(start + "access: []\nonly: { ⟦acounts⟧: [{ ou: / }] }\n"))
        parse(pattern(start + "access: []\nonly: { permissionSets: ⟦[]⟧, accounts: [{ ou: ⟦x⟧ }] }\n"))
    }

    @Test("a pattern without `only` is legal and a warning; with it there is none")
    func unbounded() {
        let result = parse(pattern(start + "access: []\n"))
        #expect(result.diagnostics.map(\.code) == ["pattern-unbounded"])
        #expect(result.diagnostics.map { [$0.line, $0.column] } == [[4, 5]])
        #expect(parse(pattern(start + "access: []\nonly: { permissionSets: [A] }\n")).diagnostics.isEmpty)
    }

    @Test(
        "36: braces that are no placeholder are errors in a source value",
        arguments: [
            "a-{@example.com", "a-}@example.com", "a-{b-c}@example.com", "a-{}@example.com", "{1a}@example.com",
            "{{a}}@example.com", "{a b}@example.com",
        ]
    )
    func braces(value: String) {
        parse(pattern("google: ⟦\"\(value)\"⟧\ngroup: \"g-{x}\"\naccess: []\n"))
    }

    @Test("36: a placeholder that is not in the source value is an error wherever it is used")
    func unknown() {
        parse(
            pattern(
                """
                entra: aws-{account}
                group: ⟦"{a}"⟧
                description: ⟦"{a}"⟧
                require: [{ google: ⟦"{b}@example.com"⟧ }]
                except: [{ user: ⟦"{b}@example.com"⟧ }, { entra: ⟦"{c}"⟧ }]
                access:
                  - permissionSets: [⟦"{permissionSet}"⟧, "{account}"]
                    accounts: [{ name: ⟦"x-{d}"⟧ }, { id: ⟦"{accountId}"⟧ }, { ou: ⟦"/{e}"⟧ }, { tag: { ⟦"{f}"⟧: ⟦"{g}"⟧ } }]
                    except: [{ name: ⟦"{h}"⟧ }]
                    note: "{i}"
                """
            )
        )
    }

    @Test("36: other braces elsewhere are text, and outside patterns all are")
    func text() {
        let result = parse(pattern("entra: a-{b}\ngroup: \"{b} {x-y} {\"\naccess: []\n"))
        #expect(result.mapping.patterns.first?.group.filled(["b": "1"]) == "1 {x-y} {")
        let group = parse(group("access: [{ permissionSets: [\"{x}\"], accounts: [{ name: \"{account}\" }] }]\n"))
        #expect(group.mapping.groups.first?.access.first?.accounts.first?.kind == .name("{account}"))
    }

    @Test("36: under `only` no placeholder can stand, since it bounds them")
    func onlyPlaceholders() {
        parse(
            pattern(
                start
                    + "access: []\nonly: { permissionSets: [⟦\"{permissionSet}\"⟧], accounts: [{ name: ⟦\"{account}\"⟧ }] }\n"
            )
        )
    }

    @Test("36: placeholders are not looked at where the source value is itself an error")
    func sourceWrong() {
        parse(pattern("google: ⟦5⟧\ngroup: \"{a}\"\naccess: []\n"))
    }
}
