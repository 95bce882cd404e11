import Configuration
import Diagnostics
import Model
import Testing

@Suite("Errors of the configuration")
struct ConfigurationErrorTests {
    @Test("top-level keys, version and owner")
    func topLevel() {
        load("⟦version⟧x: 1\nowner: platform\n".replacing("⟦version⟧x", with: "⟦versionx⟧"))
        load("⟦⟧⟦vsn⟧: 1\nowner: platform\n")
        load("⟦⟧version: 1\n")
        load("version: ⟦2⟧\nowner: platform\n⟦source⟧: {}\n")
        load("version: 1\nowner: platform\n⟦owner⟧: other\n")
        for owner in ["Platform", "a_b", "\"\"", "5", "[a]", "~", String(repeating: "a", count: 33)] {
            load("version: 1\nowner: ⟦\(owner)⟧\n")
        }
        load("version: 1\nowner: " + String(repeating: "a", count: 32) + "\n")
    }

    @Test("an unknown key suggests the near one")
    func suggestion() {
        let result = load(configuration("⟦mapings⟧: x\ntarget: { ⟦regoin⟧: x }\n"))
        #expect(result.diagnostics.map(\.suggestion) == ["mappings", "region"])
    }

    @Test("sources: kinds, names, keys of the kind, what is required")
    func sources() {
        load(
            configuration(
                """
                sources:
                  ⟦a⟧: { credentials: x }
                  b: { kind: ⟦okta⟧ }
                  c: { ⟦knd⟧: google }
                  ⟦d⟧: { kind: google }
                  ⟦user⟧: { kind: google, credentials: x }
                  ⟦only⟧: { kind: google, credentials: x }
                  ⟦a b⟧: { kind: google, credentials: x }
                  e: { kind: google, credentials: x, ⟦tenant⟧: y }
                  f: ⟦x⟧
                  ⟦g⟧: { kind: entra, client: c, credential: { certificate: x } }
                  ⟦⟦h⟧⟧: { kind: entra, credential: { certificate: x } }
                  ⟦i⟧: { kind: entra, tenant: t, client: c }
                  j: { kind: entra, credential: { managedIdentity: true } }
                  k: { kind: google, credentials: x, guests: ⟦yes⟧, customer: ⟦5⟧, impersonate: ⟦carol⟧ }
                  l: { kind: entra, tenant: ⟦"a/b"⟧, client: ⟦"../x"⟧, credential: { certificate: ⟦5⟧ } }

                """
            )
        )
        load(configuration("sources: ⟦[]⟧\n"))
    }

    @Test("an entra credential is one of four")
    func credential() {
        for credential in [
            "⟦{}⟧", "{ certificate: a, ⟦secret⟧: \"${env:X}\" }", "⟦x⟧", "{ ⟦password⟧: x }",
            "{ managedIdentity: ⟦false⟧ }", "{ secret: ⟦literal⟧ }", "{ federatedToken: ⟦[a]⟧ }",
        ] {
            load(entra("guests: true", credential: credential))
        }
        load(entra("guests: true", credential: "{ federatedToken: \"${env:HOME}/token\" }"))
    }

    @Test("target")
    func target() {
        load(
            configuration(
                """
                target:
                  region: ⟦Tokyo⟧
                  instance: ⟦ssoins-1⟧
                  role: ⟦idbridge⟧
                  rateShare: ⟦1.5⟧
                  ⟦scim⟧: { endpoint: https://scim.eu-west-1.amazonaws.com/x/scim/v2/ }

                """
            )
        )
        load(configuration("target: { instance: \"arn:aws-us-gov:sso:::instance/ssoins-1\", rateShare: 1 }\n"))
        for share in ["0", "-1", "x", "~", ".nan", ".inf", "\"0.5\""] {
            load(configuration("target: { rateShare: ⟦\(share)⟧ }\n"))
        }
    }

    @Test("brakes: `off` for a level, parts of a level, wrong values")
    func brakes() throws {
        load(
            configuration(
                """
                brakes:
                  removals: { percent: ⟦101⟧, atLeast: ⟦-1⟧ }
                  perGroup: ⟦on⟧
                  assignments: { percent: ⟦1.5⟧, ⟦least⟧: 1 }
                  groups: ⟦2⟧
                  users: { removals: ⟦off⟧ }
                  gains: { permissionSets: ⟦Admin⟧, people: ⟦many⟧ }
                  protected: [⟦5⟧]
                  lastAdmin: ⟦off⟧
                  ⟦removal⟧: off

                """
            )
        )
        let made = try #require(
            load(configuration("brakes: { removals: off, assignments: off, groups: off, gains: off }\n")).configuration
        )
        #expect(made.brakes.removals == nil && made.brakes.assignments == nil && made.brakes.groupDeletions == nil)
        #expect(made.brakes.gainsPeople == nil && made.brakes.perGroup != nil && made.brakes.userRemovals == 5)
    }

    @Test("users: the keys of linking are known and not empty")
    func users() throws {
        load(configuration("users: { match: ⟦[]⟧, provision: ⟦1⟧ }\n"))
        load(configuration("users: { match: [email, ⟦mail⟧] }\n"))
        let made = try #require(load(configuration("users: { match: [email, email, alias] }\n")).configuration)
        #expect(made.users.match == [.email, .alias])
    }

    @Test(
        "durations",
        arguments: [("30s", 30), ("5m", 300), ("24h", 86_400), ("7d", 604_800), ("90", 90), ("\"90\"", 90)]
    )
    func durations(text: String, seconds: Int64) throws {
        let made = try #require(load(configuration("departures: { per: \(text) }\n")).configuration)
        #expect(made.departures.perSeconds == seconds)
    }

    @Test(
        "what is no duration",
        arguments: ["0", "-5", "5x", "1h30m", "h", "~", "1.5", "99999999999d", "9999999999d", "٣s"]
    )
    func noDurations(text: String) {
        load(configuration("departures: { per: ⟦\(text)⟧ }\n"))
    }

    @Test("serve: an address to listen on, and keys that are references")
    func serve() throws {
        load(configuration("serve: ⟦{ listen: \"127.0.0.1:1\" }⟧\n"))
        load(configuration("serve: { keys: ⟦[]⟧ }\n"))
        load(configuration("serve: { keys: [\"${env:K}\", ⟦literal⟧, ⟦5⟧] }\n"))
        for listen in ["8484", "localhost", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "[::1]", "a b:80", "[x]:80"] {
            load(configuration("serve: { listen: ⟦\"\(listen)\"⟧, keys: [\"${env:K}\"] }\n"))
        }
        let made = try #require(load(configuration("serve: { keys: [\"${env:K}\"] }\n")).configuration?.serve).get()
        #expect(made.host == "127.0.0.1" && made.port == 8_484)
    }

    @Test("guardrails: names, actions, values")
    func guardrails() {
        load(
            configuration(
                """
                guardrails:
                  iamUsers: { allow: ⟦x⟧, enforce: ⟦strict⟧ }
                  custom:
                    - ⟦⟦{ allow: [] }⟧⟧
                    - { name: ⟦No_Leave⟧, actions: ["*"] }
                    - { name: ⟦--⟧, actions: ["*"] }
                    - { name: ⟦iam-users⟧, actions: ["*"] }
                    - { name: a-b, actions: [⟦leave⟧, ⟦"a:b:c"⟧, "s3:Get*", ⟦":x"⟧] }
                    - { name: ⟦a--b⟧, actions: ⟦[]⟧, resources: ⟦[]⟧ }

                """
            )
        )
    }

    @Test("awsConfig: templates, settings, regions")
    func awsConfig() {
        load(
            configuration(
                """
                awsConfig:
                  session: ⟦"a]b"⟧
                  startUrl: ⟦http://d-1.awsapps.com/start⟧
                  region: ⟦eu_west⟧
                  profileName: ⟦"{account}"⟧
                  regions: [⟦{ region: eu-west-1 }⟧, { region: ⟦x⟧, accounts: [{ ⟦nme⟧: x }, { ou: ⟦x⟧ }, { id: ⟦"1"⟧ }] }]
                  settings: { ⟦sso_region⟧: x, ⟦Region⟧: x, output: ⟦[json]⟧, ⟦"a b"⟧: x, x: ⟦~⟧, y: ⟦"a\\nb"⟧, k: 1, ⟦K⟧: 2 }

                """
            )
        )
        for name in [
            "{permissionSet}", "{account}-{permissionSet}-{role}", "{account}{", "\"\"", "{accountid}-{permissionSet}",
        ] {
            load(configuration("awsConfig: { profileName: ⟦\"\(name.replacing("\"", with: ""))\"⟧ }\n"))
        }
        load(configuration("awsConfig: { startUrl: \"https://d-1.awsapps.com/start/#/\", session: a.b_c-d }\n"))
    }

    @Test("control characters in values are errors")
    func controlCharacters() {
        load(configuration("brakes: { protected: [⟦\"a\\u0007\"⟧] }\nmappings: ⟦\"a\\nb\"⟧\n"))
    }
}
