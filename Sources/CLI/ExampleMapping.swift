/// The files of `Mappings/`, for the demo where that folder is not at hand; written by `make embed`.
enum ExampleMapping {
    /// The files by name.
    static let files: [(name: String, text: String)] = [
        (
            "accounts.yaml",
            #"""
            # yaml-language-server: $schema=./mapping.schema.json
            #
            # Named sets of AWS accounts. Every file of this folder can use them as `{ set: NAME }`, and sets can use each other.
            # All files of the folder are one mapping; they are split only for the people who read them.
            version: 1

            accounts:
              production:
                - ou: /Workloads/Production              # this OU and everything below it; / is the root
                - tag: { environment: production }       # or accounts that carry this tag; of several pairs all must match

              staging:
                - name: staging                          # an exact name; where two accounts bear it, use the id

              workloads:                                 # an account that any of the entries selects is in the set
                - set: production
                - set: staging

              sandboxes:
                - name: sandbox-*                        # * and ? are wildcards
                - id: "100000000009"                     # ids are text, so they are quoted
            """#
        ),
        (
            "data.yaml",
            #"""
            # yaml-language-server: $schema=./mapping.schema.json
            #
            # Groups that somebody else made first.
            version: 1

            groups:
              auditors:
                adopt: true                              # made by hand once; taken over, members and access as listed here
                members:
                  - entra: Internal Audit
                access:
                  - permissionSets: [SecurityAudit]
                    accounts: [{ all: true }]

              entra-data:
                membership: provisioned                  # Entra keeps the members by SCIM; only access is reconciled,
                access:                                  # and what it has besides is left
                  - permissionSets: [DataReader]
                    accounts: [{ set: production }]

              entra-reporting:
                membership: provisioned
                adopt: true                              # … unless this list is the whole
                access: []                               # an empty list is no access
            """#
        ),
        (
            "platform.yaml",
            #"""
            # yaml-language-server: $schema=./mapping.schema.json
            #
            # The platform team. Each key under `groups` is the display name of a group in IAM Identity Center.
            version: 1

            groups:
              platform-admins:
                description: Runs the landing zone
                members:                                 # everyone in any of these …
                  - google: platform@example.com         # a Google Workspace group, nested groups included
                  - entra: Platform Engineers            # an Entra group, by display name or object id
                  - user: carol@example.com              # one person, by primary address or alias
                require:                                 # … who is also in each of these …
                  - google: mfa-enrolled@example.com
                except:                                  # … and in none of these
                  - google: contractors@example.com
                  - user: mallory@example.com
                access:
                  - permissionSets: [AdministratorAccess]
                    accounts: [{ set: production }]
                    except: [{ name: "*-archive" }]      # nobody administers the archives
                    note: Agreed with security in May    # a word for whoever reads this next
                  - permissionSets: [PowerUserAccess, ViewOnlyAccess]
                    accounts: [{ set: sandboxes }, { set: staging }]

              platform-core:
                formerly: platform-team                  # renamed in place: its id, members and access survive
                nested: direct                           # only direct members of these groups count
                members:
                  - google: platform-core@example.com
                access:
                  - permissionSets: [ViewOnlyAccess]
                    accounts: [{ all: true }]            # every account but the management account

              billing:
                members: [{ google: finance@example.com }]
                access:
                  # The management account is selected by its id or its exact name and never in another way.
                  - permissionSets: [Billing]
                    accounts: [{ name: management }]

              on-call:
                description: Whoever has the pager
                members: [{ google: on-call@example.com }]
                allowEmpty: true                         # an empty rota is meant, and takes everybody out
                access:
                  - permissionSets: [ViewOnlyAccess]
                    accounts: [{ set: workloads }]
                  - permissionSets: [PowerUserAccess]    # the migration: withdrawn when the window closes
                    accounts: [{ set: production }]
                    from: 2026-05-01T00:00:00Z
                    until: 2026-07-01T09:00:00+09:00

              launch-crew:                               # exists from now on; its access begins with the window
                members: [{ google: platform@example.com }]
                access:
                  - permissionSets: [PowerUserAccess]
                    accounts: [{ set: production }]
                    from: 2036-04-01T00:00:00Z
                    until: 2036-05-01T00:00:00Z

              old-contractors:
                retired: true                            # shall not exist: deleted where it is ours, else left alone
            """#
        ),
        (
            "projects.yaml",
            #"""
            # yaml-language-server: $schema=./mapping.schema.json
            #
            # Families of groups by naming convention: whoever makes the directory group aws-payments-ViewOnlyAccess@example.com
            # needs no change here.
            version: 1

            patterns:
              - google: aws-{account}-{permissionSet}@example.com
                group: aws-{account}-{permissionSet}     # {account} and {permissionSet} are names that AWS knows
                description: "{permissionSet} in {account}"
                require: [{ google: mfa-enrolled@example.com }]
                except: [{ google: contractors@example.com }]
                # What the placeholders may stand for. Without `only`, whoever may make groups could give out any access.
                only:
                  permissionSets: [PowerUserAccess, ViewOnlyAccess]
                  accounts: [{ set: workloads }, { set: sandboxes }]
                access:
                  - permissionSets: ["{permissionSet}"]
                    accounts: [{ name: "{account}" }]

              - entra: AWS {team} sandbox                # any other word is free text, such as a team's name
                group: sandbox-{team}
                nested: direct
                allowEmpty: true
                only: { accounts: [{ set: sandboxes }] }
                access:
                  - permissionSets: [PowerUserAccess]
                    accounts: [{ name: "sandbox-{team}" }]

              - google: aws-guests-{accountId}@example.com
                group: guests-{accountId}
                anyCreator: true                         # account owners make these groups themselves, no administrator
                adopt: true                              # groups of these names were made by hand before
                only: { accounts: [{ set: sandboxes }] } # so they can only let people into sandboxes
                access:
                  - permissionSets: [ViewOnlyAccess]
                    accounts: [{ id: "{accountId}" }]
            """#
        ),
    ]
}
