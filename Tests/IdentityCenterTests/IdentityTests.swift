import AWSAuth
import HTTP
import Model
import Testing

@testable import IdentityCenter

@Suite("The instance")
struct IdentityTests {
    private func instance(_ number: Int, owner: String? = nil, status: String? = "ACTIVE") -> Document {
        var members: [String: Document] = [
            "InstanceArn": .text("arn:aws:sso:::instance/ssoins-\(number)"),
            "IdentityStoreId": .text("d-\(number)"),
        ]
        if let owner { members["OwnerAccountId"] = .text(owner) }
        if let status { members["Status"] = .text(status) }
        return .object(members)
    }

    private func identity(
        _ instances: [Document],
        wanted: String? = nil,
        hasOrganization: Bool = true
    ) async -> Result<TargetIdentity, UpstreamError> {
        var world = FakeWorld()
        world.instances = instances
        world.hasOrganization = hasOrganization
        let aws = FakeAWS(world)
        do {
            let settings = IdentityCenterSettings(region: "eu-west-1", instanceARN: wanted)
            return .success(try await target(aws, settings).identity())
        } catch let error as UpstreamError {
            return .failure(error)
        } catch {
            return .failure(UpstreamError(.rejected, service: "test", operation: "init", message: "\(error)"))
        }
    }

    @Test("the only instance is taken, with the management account")
    func only() async throws {
        let identity = try await identity([instance(1)]).get()
        #expect(identity.instanceARN == "arn:aws:sso:::instance/ssoins-1")
        #expect(identity.identityStoreID == "d-1")
        #expect(identity.region == "eu-west-1")
        #expect(identity.managementAccount?.value == FakeWorld.management)
        #expect(identity.callerAccount == nil)
    }

    @Test("of several, over pages, the management account's is taken")
    func owned() async throws {
        let instances = [
            instance(1, owner: "222222222222"), instance(2, owner: "333333333333"), instance(3, owner: "444444444444"),
            instance(4, owner: FakeWorld.management), instance(5),
        ]
        #expect(try await identity(instances).get().identityStoreID == "d-4")
    }

    @Test("one that is being made or deleted does not count where the choice is automatic")
    func inactive() async throws {
        let instances = [
            instance(1, status: "CREATE_IN_PROGRESS"), instance(2), instance(3, status: "DELETE_IN_PROGRESS"),
        ]
        #expect(try await identity(instances).get().identityStoreID == "d-2")
    }

    @Test("several without a choice are an error that names them")
    func several() async throws {
        let instances = [instance(1, owner: FakeWorld.management), instance(2, owner: FakeWorld.management)]
        guard case .failure(let error) = await identity(instances) else {
            Issue.record("no error")
            return
        }
        #expect(error.kind == .rejected)
        #expect(error.message.contains("ssoins-1 of account 111111111111, arn:aws:sso:::instance/ssoins-2"))
        #expect(error.advice?.contains("target.instance") == true)
        guard case .failure(let outside) = await identity([instance(1), instance(2)], hasOrganization: false) else {
            Issue.record("no error")
            return
        }
        #expect(outside.message.contains("management account cannot be read"))
    }

    @Test("none is an error that names the region")
    func none() async {
        for instances in [[], [instance(1, status: "CREATE_FAILED")]] {
            guard case .failure(let error) = await identity(instances) else {
                Issue.record("no error")
                return
            }
            #expect(error.kind == .notFound)
            #expect(error.message.contains("eu-west-1"))
            #expect(error.advice?.contains("target.region") == true)
        }
    }

    @Test("the instance that the settings name is taken, and one that is not there is an error")
    func wanted() async throws {
        let instances = [instance(1, owner: FakeWorld.management), instance(2, owner: FakeWorld.management)]
        let arn = "arn:aws:sso:::instance/ssoins-2"
        #expect(try await identity(instances, wanted: arn).get().instanceARN == arn)
        guard case .failure(let error) = await identity(instances, wanted: "arn:aws:sso:::instance/ssoins-9") else {
            Issue.record("no error")
            return
        }
        #expect(error.kind == .notFound)
        #expect(error.message.contains("ssoins-9"))
        #expect(error.message.contains("ssoins-1"))
    }

    @Test("without an organization, or without the right to ask, there is no management account")
    func noManagementAccount() async throws {
        #expect(try await identity([instance(1)], hasOrganization: false).get().managementAccount == nil)
        let aws = FakeAWS()
        aws.change { $0.faultsByOperation["DescribeOrganization"] = [-1: .error("AccessDeniedException")] }
        let target = try target(aws)
        #expect(try await target.identity().managementAccount == nil)
        _ = try await target.organization(withTags: false)
        #expect(aws.calls("DescribeOrganization").count == 1)
        #expect(aws.calls("ListInstances").count == 1)
    }

    @Test("an unreachable and a refusing service are told apart")
    func kinds() async throws {
        for (fault, kind) in [
            (FakeAWS.Fault.lostBefore, UpstreamError.Kind.unreachable), (.error("AccessDeniedException"), .refused),
        ] {
            let aws = FakeAWS()
            aws.change { $0.faultsByOperation["ListInstances"] = [-1: fault] }
            let target = try target(aws)
            #expect(await failure { () async throws(UpstreamError) in try await target.identity() }?.kind == kind)
        }
    }

    @Test("the services are asked where the environment says, and signed for their own names and regions")
    func endpoints() async throws {
        let variables = [
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_IDENTITYSTORE": "http://127.0.0.1:2",
            "AWS_ENDPOINT_URL_SSO_ADMIN": "http://127.0.0.1:3",
            "AWS_ENDPOINT_URL_ORGANIZATIONS": "http://127.0.0.1:4/x",
        ]
        let expected = [
            "http://127.0.0.1:2/ eu-west-1/identitystore", "http://127.0.0.1:3/ eu-west-1/sso",
            "http://127.0.0.1:4/x/ us-east-1/organizations",
        ]
        #expect(try await asked(variables, region: "eu-west-1") == expected)
        let china = [
            "https://identitystore.cn-north-1.amazonaws.com.cn/ cn-north-1/identitystore",
            "https://organizations.cn-northwest-1.amazonaws.com.cn/ cn-northwest-1/organizations",
            "https://sso.cn-north-1.amazonaws.com.cn/ cn-north-1/sso",
        ]
        #expect(try await asked([:], region: "cn-north-1") == china)
    }

    private func asked(_ variables: [String: String], region: String) async throws -> [String] {
        let aws = FakeAWS()
        let recorder = Recorder(aws)
        let target = try IdentityCenter(
            settings: IdentityCenterSettings(region: region),
            environment: emptyEnvironment(variables),
            credentials: testCredentials,
            transport: recorder,
            clock: AWSClock(time: aws.time),
            time: aws.time,
            random: ConstantRandom()
        )
        _ = try await target.identity()
        _ = try await target.groups()
        let asked = recorder.requests.map { request in
            let authorization = request.headers.first { $0.name == "Authorization" }?.value ?? ""
            let scope = authorization.split(separator: "/").dropFirst(2).prefix(2).joined(separator: "/")
            return "\(request.url) \(scope)"
        }
        return Set(asked).sorted()
    }

    @Test("plain http to another host is refused before anything is asked")
    func plainHTTP() throws {
        let error = #expect(throws: AWSAuthError.self) {
            try IdentityCenter(
                settings: IdentityCenterSettings(region: "eu-west-1"),
                environment: emptyEnvironment(["AWS_ENDPOINT_URL_SSO_ADMIN": "http://sso.example.com"]),
                credentials: testCredentials,
                transport: FakeAWS(),
                clock: AWSClock()
            )
        }
        #expect(error?.kind == .misconfigured)
    }

    @Test("settings show no token")
    func secrets() {
        let settings = IdentityCenterSettings(
            region: "eu-west-1",
            scim: SCIMSettings(endpoint: "https://scim/", token: "hush-hush")
        )
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] { #expect(!text.contains("hush")) }
    }
}
