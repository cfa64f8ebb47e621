//! The question that decides every access, in types.

use super::role::Role;

/// Who asks, as `policies/policy.csv` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Whoever calls a public operation, signed in or not.
    Anyone,
    /// A signed-in user of this role.
    Role(Role),
    /// Whoever runs commands on the machine itself.
    Operator,
}

impl Subject {
    /// Every subject a policy line can name.
    pub const ALL: [Self; 5] =
        [Self::Anyone, Self::Role(Role::Client), Self::Role(Role::Ops), Self::Role(Role::Admin), Self::Operator];

    /// The name in the policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Role(role) => role.as_str(),
            Self::Operator => "operator",
        }
    }
}

/// What the store knows about the caller and the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Nothing.
    None,
    /// The caller uploaded the file, or issued the invitation.
    Owner,
    /// The file is shared with the caller; of a person: one that files can be shared with.
    Recipient,
    /// The thing is the caller's own account, session or trash.
    Myself,
}

impl Relation {
    /// Every relation a policy line can name.
    pub const ALL: [Self; 4] = [Self::None, Self::Owner, Self::Recipient, Self::Myself];

    /// The name in the policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Owner => "owner",
            Self::Recipient => "recipient",
            Self::Myself => "self",
        }
    }
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $object:literal : $action:literal;)+) => {
        /// An object and what is done with it: the middle of a policy line.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission { $($(#[$doc])* $name,)+ }

        impl Permission {
            /// Every permission of the product.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The object, as the policy names it.
            pub fn object(self) -> &'static str {
                match self { $(Self::$name => $object,)+ }
            }

            /// The action, as the policy names it.
            pub fn action(self) -> &'static str {
                match self { $(Self::$name => $action,)+ }
            }

            /// `object:action`, as `@requires` shows it in the schema.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => concat!($object, ":", $action),)+ }
            }
        }
    };
}

permissions! {
    /// Ask for an account.
    AccountSignup = "account":"signup";
    /// Confirm an address.
    AccountVerify = "account":"verify";
    /// See one's own account.
    AccountRead = "account":"read";
    /// Get back into an account by a mail to its address.
    AccountRecover = "account":"recover";
    /// Choose another password for one's account.
    AccountChangePassword = "account":"change_password";
    /// Ask for another address of one's account.
    AccountChangeEmail = "account":"change_email";
    /// Confirm another address of an account.
    AccountConfirmEmail = "account":"confirm_email";
    /// Sign in.
    SessionCreate = "session":"create";
    /// Take the next pair of tokens.
    SessionRefresh = "session":"refresh";
    /// See one's sessions.
    SessionList = "session":"list";
    /// Sign out, or end another of one's sessions.
    SessionEnd = "session":"end";
    /// See, enrol, confirm and disable one's second factor, and get recovery codes.
    SecondFactorManage = "second_factor":"manage";
    /// See, add and remove one's passkeys.
    PasskeyManage = "passkey":"manage";
    /// Make a verified user.
    UserCreate = "user":"create";
    /// See people: `none` is everyone, `recipient` those that files can be shared with.
    UserList = "user":"list";
    /// Give a user another role.
    UserSetRole = "user":"set_role";
    /// Disable a user.
    UserDisable = "user":"disable";
    /// Enable a user again.
    UserEnable = "user":"enable";
    /// Delete a user.
    UserDelete = "user":"delete";
    /// Invite: `none` is any role, `recipient` only Clients.
    InvitationCreate = "invitation":"create";
    /// See invitations: `none` is all, `owner` those that the caller issued.
    InvitationList = "invitation":"list";
    /// Take an invitation back: `none` is any, `owner` one that the caller issued.
    InvitationRevoke = "invitation":"revoke";
    /// See mails that were given up.
    MailList = "mail":"list";
    /// Have a mail that was given up tried again.
    MailRetry = "mail":"retry";
    /// Bring a document in.
    FileUpload = "file":"upload";
    /// See one file's metadata.
    FileRead = "file":"read";
    /// List files.
    FileList = "file":"list";
    /// Give a file another name.
    FileRename = "file":"rename";
    /// Delete a file, to the trash or for good.
    FileDelete = "file":"delete";
    /// Bring a file back out of the trash.
    FileRestore = "file":"restore";
    /// List what one has in the trash.
    TrashList = "trash":"list";
    /// Give the files of a user to another.
    FileReassign = "file":"reassign";
    /// Read a file's content.
    FileDownload = "file":"download";
    /// See how much is stored: `self` by oneself, `none` by everybody together.
    StorageRead = "storage":"read";
    /// Make a download link.
    LinkCreate = "link":"create";
    /// Share a file.
    ShareCreate = "share":"create";
    /// See a share.
    ShareRead = "share":"read";
    /// Take a share back.
    ShareRevoke = "share":"revoke";
    /// Be told of new shares.
    ShareWatch = "share":"watch";
    /// Be told of downloads.
    DownloadWatch = "download":"watch";
    /// Read what was done.
    AuditList = "audit":"list";
    /// Be told of what is done.
    AuditWatch = "audit":"watch";
    /// See which keys there are and what needs them.
    KeyList = "key":"list";
    /// Have new keys take the place of those in use.
    KeyRotate = "key":"rotate";
    /// Retire a key that nothing needs.
    KeyRetire = "key":"retire";
    /// Prove that every object is there and genuine, and set aside what is not.
    StorageVerify = "storage":"verify";
    /// Copy every object to another storage.
    StorageCopy = "storage":"copy";
    /// Back the installation up.
    BackupCreate = "backup":"create";
}

impl Permission {
    /// Whether it is open to somebody whose role needs a second factor and who has none yet: only what it takes to get one,
    /// or to leave.
    pub fn leads_to_second_factor(self) -> bool {
        matches!(self, Self::SecondFactorManage | Self::PasskeyManage) || self.leads_out()
    }

    /// Whether it is open to somebody whose role needs a second factor and who has signed in without the one there is: only
    /// what it takes to leave.
    pub fn leads_out(self) -> bool {
        matches!(self, Self::AccountRead | Self::SessionEnd)
    }
}

impl From<Permission> for String {
    fn from(permission: Permission) -> Self {
        permission.as_str().to_owned()
    }
}
