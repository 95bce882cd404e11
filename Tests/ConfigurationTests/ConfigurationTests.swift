import Configuration
import Diagnostics
import Model
import Testing

@Suite("Configuration")
struct ConfigurationTests {
    /// The example of the contract.
    private let example = """
        version: 1
        owner: platform
        mappings: Mappings
        ledger: /var/lib/idbridge/ledger.sqlite
        sources:
          google:
            kind: google
            credentials: ${env:GOOGLE_APPLICATION_CREDENTIALS}
            impersonate: directory-reader@example.com
            customer: C123
            endpoint: https://admin.googleapis.com/
            guests: true
          entra:
            kind: entra
            tenant: 00000000-0000-0000-0000-000000000000
            client: 11111111-1111-1111-1111-111111111111
            credential: { certificate: /etc/idbridge/entra.pem }
            authority: https://login.microsoftonline.us
            graph: https://dod-graph.microsoft.us
        target:
          region: ap-northeast-1
          instance: auto
          role: arn:aws:iam::111122223333:role/idbridge
          rateShare: 0.5
          scim: { endpoint: https://scim.ap-northeast-1.amazonaws.com/x/scim/v2/, token: ${env:SCIM_TOKEN} }
        users:
          match: [userName, externalId]
          provision: true
        brakes:
          removals: { percent: 30, atLeast: 11 }
          perGroup: off
          assignments: { atLeast: 3 }
          groups: { deletions: 0 }
          users: off
          gains: { permissionSets: [Admin], people: 7 }
          protected: [root@example.com]
          lastAdmin: [Admin]
        departures: { people: 6, per: 90m, marker: false }
        serve: { listen: "[::1]:9000", keys: [ "${env:HR_KEY}", "${file:old.key}" ] }
        guardrails:
          iamUsers: { allow: [IAMUserAdministrator], enforce: hold }
          custom:
            - { name: no-leave, actions: ["organizations:LeaveOrganization"], enforce: off }
        awsConfig:
          session: corp
          startUrl: https://d-1234567890.awsapps.com/start
          region: eu-west-1
          regions: [ { accounts: [ { ou: /Workloads/US }, { id: "111122223333" } ], region: us-east-1 } ]
          profileName: "x-{accountId}-{permissionSet}"
          settings: { output: json, max_attempts: 5, cli_pager: "" , use_fips_endpoint: true }
        notify:
          slack: ${env:SLACK_WEBHOOK_URL}
          webhook: ${file:/run/hook}
          heartbeat: ${env:HEARTBEAT_URL}
        allowEndpoints: false

        """

    @Test("every key of the contract is read")
    func everyKey() throws {
        let text = example.replacing("cli_pager: \"\" , ", with: "")
        let environment = ["GOOGLE_APPLICATION_CREDENTIALS": "keys/google.json", "HOME": "/home/ana"]
        let made = try #require(load(text, environment: environment).configuration)
        #expect(made.folder == "/etc/idbridge" && made.owner == "platform")
        #expect(try made.mappings.get() == ["Mappings"])
        #expect(try made.ledger.get() == "/var/lib/idbridge/ledger.sqlite")
        #expect(made.sourceKinds == ["google": .google, "entra": .entra])
        #expect(made.sources.map(\.name) == ["google", "entra"])
        #expect(made.departures == DepartureConfiguration(people: 6, perSeconds: 5_400, marker: false))
        #expect(!made.allowEndpoints && made.hasSCIM)
        let serve = try #require(made.serve).get()
        #expect(serve.host == "::1" && serve.port == 9_000)
        #expect(serve.keys.map(\.keyPath) == ["serve.keys[0]", "serve.keys[1]"])
        #expect(
            made.notify.slack?.keyPath == "notify.slack" && made.notify.webhook != nil && made.notify.heartbeat != nil
        )
    }

    @Test("sources and target are read into what the connectors need")
    func connectors() throws {
        let text = example.replacing("cli_pager: \"\" , ", with: "")
        let environment = ["GOOGLE_APPLICATION_CREDENTIALS": "keys/google.json"]
        let made = try #require(load(text, environment: environment).configuration)
        guard case .google(let google) = try made.sources[0].settings.get(),
            case .entra(let entra) = try made.sources[1].settings.get()
        else { return #expect(Bool(false), "kinds") }
        #expect(google.credentials == "/etc/idbridge/keys/google.json" && google.customer == "C123")
        #expect(
            google.impersonate == "directory-reader@example.com" && google.endpoint == "https://admin.googleapis.com"
        )
        #expect(entra.credential == .certificate(path: "/etc/idbridge/entra.pem"))
        #expect(
            entra.authority == "https://login.microsoftonline.us" && entra.graph == "https://dod-graph.microsoft.us"
        )
        let target = try made.target.get()
        #expect(target.region == "ap-northeast-1" && target.instance == nil && target.rateShare == 0.5)
        #expect(target.role == "arn:aws:iam::111122223333:role/idbridge")
        #expect(target.scim?.endpoint == "https://scim.ap-northeast-1.amazonaws.com/x/scim/v2")
        #expect(target.scim?.token.keyPath == "target.scim.token")
    }

    @Test("what the planner is told is in the plan's settings")
    func planSettings() throws {
        let text = example.replacing("cli_pager: \"\" , ", with: "").replacing(
            "GOOGLE_APPLICATION_CREDENTIALS",
            with: "HOME"
        )
        let settings = try #require(load(text).configuration).planSettings
        var brakes = BrakeSettings()
        brakes.removals = ShareLimit(percent: 30, atLeast: 11)
        brakes.perGroup = nil
        brakes.assignments = ShareLimit(percent: 20, atLeast: 3)
        brakes.groupDeletions = 0
        brakes.userRemovals = nil
        brakes.gainsPermissionSets = ["Admin"]
        brakes.gainsPeople = 7
        brakes.protected = ["root@example.com"]
        brakes.lastAdmin = ["Admin"]
        #expect(settings.brakes == brakes)
        #expect(settings.match == [.userName, .externalId] && settings.provision && settings.canDisable)
        #expect(settings.guestSources == ["google"] && settings.mark == "[idbridge:platform]")
    }

    @Test("guardrails and the AWS configuration are read")
    func guardrailsAndProfiles() throws {
        let text = example.replacing("cli_pager: \"\" , ", with: "")
        let made = try #require(load(text, environment: ["GOOGLE_APPLICATION_CREDENTIALS": "x"]).configuration)
        #expect(made.guardrails.iamUsersAllow == ["IAMUserAdministrator"] && made.guardrails.iamUsersEnforce == .hold)
        let custom = try #require(made.guardrails.custom.first)
        #expect(custom.name == "no-leave" && custom.resources == ["*"] && custom.allow == [] && custom.enforce == .off)
        let profiles = try made.awsConfig.get()
        #expect(profiles.session == "corp" && profiles.startURL == "https://d-1234567890.awsapps.com/start")
        #expect(profiles.regions.first?.accounts == [.organizationalUnit(["Workloads", "US"]), .id("111122223333")])
        #expect(profiles.regions.first?.region == "us-east-1" && profiles.region == "eu-west-1")
        #expect(profiles.profileName == "x-{accountId}-{permissionSet}")
        #expect(
            profiles.settings.map { "\($0.key)=\($0.value)" } == [
                "output=json", "max_attempts=5", "use_fips_endpoint=true",
            ]
        )
    }

    @Test("the least configuration has the defaults of the contract")
    func defaults() throws {
        let made = try #require(load(configuration("")).configuration)
        #expect(try made.mappings.get() == ["Mappings"])
        #expect(try made.ledger.get() == "/home/ana/.local/state/idbridge/ledger.sqlite")
        #expect(made.sources.isEmpty && made.serve == nil && !made.hasSCIM && !made.allowEndpoints)
        #expect(
            try made.target.get()
                == TargetConfiguration(region: nil, instance: nil, role: nil, rateShare: 0.9, scim: nil)
        )
        #expect(made.planSettings == PlanSettings(owner: "platform"))
        #expect(made.departures == DepartureConfiguration() && made.departures.perSeconds == 86_400)
        #expect(made.guardrails == GuardrailConfiguration() && made.guardrails.iamUsersEnforce == .warn)
        #expect(made.notify == NotifyConfiguration())
        let profiles = try made.awsConfig.get()
        #expect(profiles.session == "platform" && profiles.profileName == "{account}-{permissionSet}")
    }

    @Test("defaults of sources")
    func sourceDefaults() throws {
        let text = google("").replacing(", }", with: " }")
        guard case .google(let settings) = try #require(load(text).configuration).sources[0].settings.get() else {
            return
        }
        #expect(settings.customer == "my_customer" && settings.impersonate == nil)
        #expect(settings.endpoint == "https://admin.googleapis.com" && settings.credentials == "/etc/idbridge/key.json")
    }

    @Test("the ledger's default follows XDG_STATE_HOME where it is absolute, and can wait where neither is set")
    func ledger() throws {
        func ledger(_ environment: [String: String], _ lines: String = "") throws -> String {
            try #require(load(configuration(lines), environment: environment).configuration).ledger.get()
        }
        #expect(try ledger(["XDG_STATE_HOME": "/state", "HOME": "/h"]) == "/state/idbridge/ledger.sqlite")
        #expect(try ledger(["XDG_STATE_HOME": "state", "HOME": "/h"]) == "/h/.local/state/idbridge/ledger.sqlite")
        #expect(try ledger([:], "ledger: var/l.sqlite\n") == "/etc/idbridge/var/l.sqlite")
        #expect(throws: ConfigurationError.self) { try ledger([:]) }
    }

    @Test(
        "relative paths count from the file, whatever its own path",
        arguments: [
            ("idbridge.yaml", "l"), ("conf/idbridge.yaml", "conf/l"), ("/idbridge.yaml", "/l"),
            ("../x/idbridge.yaml", "../x/l"),
        ]
    )
    func paths(path: String, ledger: String) throws {
        let made = try #require(load(configuration("ledger: l\n"), path: path).configuration)
        #expect(try made.ledger.get() == ledger)
    }

    @Test("mappings may be several")
    func mappings() throws {
        let made = try #require(load(configuration("mappings: [a, b/c.yaml]\n")).configuration)
        #expect(try made.mappings.get() == ["a", "b/c.yaml"])
        load(configuration("mappings: ⟦[]⟧\n"))
        load(configuration("mappings: ⟦5⟧\n"))
    }

    @Test("an empty file, one that is no map, and broken YAML are errors")
    func noConfiguration() {
        load("⟦⟧")
        load("⟦⟧# nothing\n")
        load("⟦- a⟧\n")
        load("version: 1\nowner: ⟦[⟧a\n")
    }

    @Test("a file that cannot be read is an error with its path")
    func unreadable() {
        let result = Configuration.load(path: "/nonexistent/idbridge.yaml", environment: [:])
        #expect(result.configuration == nil)
        #expect(result.diagnostics.first?.message.contains("/nonexistent/idbridge.yaml") == true)
        #expect(Configuration.load(path: "/", environment: [:]).configuration == nil)
    }

    @Test("the commented configuration under Deployment is sound, and shows the defaults")
    func commented() throws {
        let tests = #filePath.split(separator: "/").dropLast(3)
        let (configuration, diagnostics) = Configuration.load(
            path: "/" + tests.joined(separator: "/") + "/Deployment/idbridge.yaml",
            environment: [:]
        )
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        let made = try #require(configuration)
        #expect(made.planSettings == PlanSettings(owner: "platform"))
        #expect(made.sources.map(\.name) == ["google", "entra"])
    }
}
