import HTTP
import Model
import Testing

@testable import GoogleWorkspace

@Suite("Access tokens of a service-account key")
struct TokenTests {
    @Test("an assertion is accepted by a strict token endpoint, and calls at the same time share one token")
    func oneTokenForAll() async throws {
        let harness = try Harness(FakeGoogle(.of(users: 3, groups: 2)))
        let directory = try await harness.source.listing()
        #expect(directory.users.count == 3)
        _ = await harness.source.members(of: directory.groups.map(\.id))
        #expect(harness.google.counts["token"] == 1)
        let request = try #require(harness.google.calls.first { $0.operation == "token" }?.request)
        #expect(request.url == FakeGoogle.origin + "/token")
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
    }

    @Test("the claims name Google's own endpoint as audience, and iat lies ten seconds back")
    func claims() throws {
        let claims = AssertionClaims(account: "a@b.c", subject: "d@e.f", scopes: GoogleScope.all, at: 1000.9)
        #expect(claims.aud == "https://oauth2.googleapis.com/token")
        #expect(claims.iat == 990)
        #expect(claims.exp == 4590)
        let without = AssertionClaims(account: "a@b.c", subject: nil, scopes: ["s"], at: 1000)
        #expect(JSON.read(Array(without.json.utf8))?["sub"] == nil)
    }

    @Test("a token is used until five minutes before its end")
    func renewal() async throws {
        let harness = try Harness(FakeGoogle(.of(users: 1, groups: 0)))
        _ = try await harness.source.userStates()
        harness.time.pass(seconds: 3599 - 301)
        _ = try await harness.source.userStates()
        #expect(harness.google.counts["token"] == 1)
        harness.time.pass(seconds: 2)
        _ = try await harness.source.userStates()
        #expect(harness.google.counts["token"] == 2)
    }

    @Test("a short-lived token is used for half its time; expires_in may be text or missing")
    func lifetimes() async throws {
        for (lifetime, kept) in [(JSON.text("3599"), 3298.0), (.number(60), 29), (.number(600), 299)] {
            var identity = FakeIdentity()
            identity.lifetime = lifetime
            let harness = try Harness(FakeGoogle(.of(users: 1, groups: 0), identity: identity))
            _ = try await harness.source.userStates()
            harness.time.pass(seconds: kept)
            _ = try await harness.source.userStates()
            #expect(harness.google.counts["token"] == 1, "\(lifetime)")
            harness.time.pass(seconds: 2)
            _ = try await harness.source.userStates()
            #expect(harness.google.counts["token"] == 2, "\(lifetime)")
        }
    }

    @Test("a token that is refused is replaced once, for all who had it")
    func revoked() async throws {
        let harness = try Harness(FakeGoogle(.of(users: 1, groups: 40)))
        let groups = try await harness.source.listing().groups.map(\.id)
        harness.google.revokeTokens()
        let members = await harness.source.members(of: groups)
        #expect(members.values.allSatisfy { if case .read = $0 { true } else { false } })
        #expect((harness.google.counts["token"] ?? 0) == 2)
    }

    @Test("a call whose new token is refused too fails as refused, without a third try")
    func refusedTwice() async throws {
        let harness = try Harness(
            FakeGoogle(.of(users: 1, groups: 0)) { call, _, _ in
                call.operation == "users.list"
                    ? .answer(.refusal(401, reason: "authError", message: "Invalid Credentials")) : nil
            }
        )
        let error = await #expect(throws: UpstreamError.self) { try await harness.source.userStates() }
        #expect(error?.kind == .refused)
        #expect(error?.code == "authError")
        #expect(harness.google.counts == ["token": 2, "users.list": 2])
    }

    @Test(
        "a clock that is off is corrected once by the service's date, for later tokens too",
        arguments: [-4000, -70, 15, 4000]
    )
    func clockSkew(offset: Int) async throws {
        let harness = try Harness(FakeGoogle(.of(users: 1, groups: 0), clockOffset: Double(-offset)))
        _ = try await harness.source.userStates()
        #expect(harness.google.counts["token"] == 2)
        harness.time.pass(seconds: 3600)
        _ = try await harness.source.userStates()
        #expect(harness.google.counts["token"] == 3)
    }

    @Test("an assertion refused for another reason is not signed again")
    func noSkew() async throws {
        let harness = try Harness(FakeGoogle(.of(users: 1, groups: 0)), subject: "stranger@example.com")
        let error = await #expect(throws: UpstreamError.self) { try await harness.source.userStates() }
        #expect(error?.kind == .refused)
        #expect(error?.code == "invalid_grant")
        #expect(error?.advice?.contains("stranger@example.com") == true)
        #expect(harness.google.counts["token"] == 1)
    }

    @Test("each code of the token endpoint is a refusal with its advice")
    func refusals() async throws {
        let cases: [(Int, String, String, String)] = [
            (
                401, "unauthorized_client", "Client is unauthorized to retrieve access tokens using this method.",
                "client id 117900000000000000001"
            ),
            (401, "unauthorized_client", "any of the scopes requested", GoogleScope.all.joined(separator: ",")),
            (403, "access_denied", "Requested client not authorized.", "switched off"),
            (401, "access_denied", "Requested client not authorized.", "switched off"),
            (400, "invalid_grant", "Invalid email or User ID", "impersonate"),
            (400, "invalid_grant", "Invalid JWT Signature.", "download a new JSON key"),
            (400, "invalid_grant", "account not found", "impersonate"),
            (400, "invalid_grant", "reauth related error (invalid_rapt)", "check"),
            (401, "invalid_client", "The OAuth client was not found.", "deleted or disabled"),
            (400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.", "exactly these scopes"),
            (400, "deleted_client", "", "deleted or disabled"), (403, "disabled_client", "", "deleted or disabled"),
            (400, "org_internal", "", "switched off"), (400, "admin_policy_enforced", "", "switched off"),
        ]
        for (status, code, description, advice) in cases {
            let harness = try Harness(
                FakeGoogle(.of(users: 1, groups: 0)) { call, _, _ in
                    call.operation == "token" ? .answer(.tokenRefusal(status, code, description)) : nil
                }
            )
            let error = await #expect(throws: UpstreamError.self) { try await harness.source.listing() }
            #expect(error?.kind == .refused, "\(code)")
            #expect(error?.code == code)
            #expect(error?.advice?.contains(advice) == true, "\(code): \(error?.advice ?? "none")")
            #expect(harness.google.counts == ["token": 1], "\(code)")
        }
    }

    @Test("passing faults of the token endpoint are tried again")
    func passingFaults() async throws {
        let faults: [FakeGoogle.Fault] = [
            .answer(.tokenRefusal(500, "internal_failure", "")), .answer(.tokenRefusal(400, "server_error", "")),
            .answer(.tokenRefusal(400, "temporarily_unavailable", "")), .answer(HTTPResponse(status: 503)),
            .answer(HTTPResponse(status: 408)), .answer(HTTPResponse(status: 429)),
            .answer(HTTPResponse(status: 200, body: Array("<html>".utf8))), .cut(5), .fail(.timedOut),
            .fail(.interrupted("reset")), .fail(.cannotConnect("refused")),
        ]
        for fault in faults {
            let harness = try Harness(
                FakeGoogle(.of(users: 1, groups: 0)) { call, _, number in
                    call.operation == "token" && number < 3 ? fault : nil
                }
            )
            _ = try await harness.source.userStates()
            #expect(harness.google.counts["token"] == 3, "\(fault)")
        }
    }

    @Test("a token endpoint that stays down is unreachable, and is not asked anew by every call")
    func down() async throws {
        let harness = try Harness(
            FakeGoogle(.of(users: 1, groups: 0)) { call, _, _ in
                call.operation == "token" ? .answer(HTTPResponse(status: 503)) : nil
            }
        )
        let error = await #expect(throws: UpstreamError.self) { try await harness.source.listing() }
        #expect(error?.kind == .unreachable)
        let asked = harness.google.counts["token"] ?? 0
        let members = await harness.source.members(of: (0..<50).map { SourceGroupID("g\($0)") })
        #expect(members.values.allSatisfy { if case .unreadable = $0 { true } else { false } })
        #expect(harness.google.counts["token"] == asked)
        harness.time.pass(seconds: 31)
        _ = try? await harness.source.userStates()
        #expect((harness.google.counts["token"] ?? 0) > asked)
    }

    @Test("answers of the wrong shape give no token")
    func malformed() async throws {
        let answers: [JSON] = [
            [:], ["access_token": 5], ["access_token": ""], ["access_token": "a b"], ["access_token": "a\r\nb"],
            ["access_token": "a", "expires_in": "soon"], ["access_token": "a", "expires_in": 0],
            ["access_token": "a", "expires_in": []], ["access_token": "a", "token_type": "mac"], [],
        ]
        for answer in answers {
            let harness = try Harness(
                FakeGoogle(.of(users: 1, groups: 0)) { call, _, _ in
                    call.operation == "token" ? .answer(.json(answer)) : nil
                }
            )
            let error = await #expect(throws: UpstreamError.self) { try await harness.source.userStates() }
            #expect(error?.kind == .malformed, "\(answer.written)")
        }
    }

    @Test("an answer that repeats the assertion or the token is not shown with it")
    func secrets() async throws {
        let harness = try Harness(
            FakeGoogle(.of(users: 1, groups: 0)) { call, _, _ in
                guard let assertion = call.form["assertion"] else { return nil }
                return .answer(.tokenRefusal(400, "invalid_grant", "bad assertion \(assertion)"))
            }
        )
        let error = await #expect(throws: UpstreamError.self) { try await harness.source.userStates() }
        #expect(error?.message == "bad assertion (secret)")
        let other = try Harness(
            FakeGoogle(.of(users: 1, groups: 0)) { call, _, _ in
                guard let token = call.request.header("Authorization")?.dropFirst(7) else { return nil }
                return .answer(.refusal(403, reason: "forbidden", message: "no \(token) here"))
            }
        )
        let second = await #expect(throws: UpstreamError.self) { try await other.source.userStates() }
        #expect(second?.message == "no (secret) here")
    }

    @Test("a cancelled run stops waiting for a token")
    func cancellation() async throws {
        let harness = try Harness(
            FakeGoogle(.of(users: 1, groups: 0)) { call, _, _ in
                call.operation == "token" ? .answer(HTTPResponse(status: 503)) : nil
            }
        )
        let source = harness.source
        let task = Task { () -> UpstreamError? in
            withUnsafeCurrentTask { $0?.cancel() }
            do throws(UpstreamError) {
                _ = try await source.listing()
                return nil
            } catch {
                return error
            }
        }
        let error = await task.value
        #expect(error?.kind == .cancelled)
        #expect(harness.google.counts["users.list"] == nil)
    }
}
