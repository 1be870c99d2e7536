//! From the file's shape to the state: who may come in, and what lies beyond one account.

use std::collections::BTreeMap;

use super::read::{Wrong, at, made, time};
use super::{
    DirectoryFile, Document, FolderFile, InstanceFile, KeyFile, MemberFile, SessionFile, WorldFile,
};
use crate::model::{AccountId, RoleName};
use crate::sandbox::directory::{Directory, Folder, Member, ROOT_FOLDER};
use crate::sandbox::nonces::Nonces;
use crate::sandbox::state::{AccessKey, Instance, KeyOwner, Session, User, World};
use crate::sandbox::{ACCESS_KEY_ID, ACCESS_KEY_SECRET, USER};

impl WorldFile {
    pub(in crate::sandbox) fn into_world(self) -> Result<World, Wrong> {
        let Self {
            format: _,
            main_account,
            accounts,
            keys,
            sessions,
            directory,
            instance,
        } = self;
        let mut by_id = BTreeMap::new();
        let mut main = None;
        for account in accounts {
            let account = account.into_account()?;
            main.get_or_insert_with(|| account.id.clone());
            if let Some(twice) = by_id.insert(account.id.clone(), account) {
                return Err(format!("account {} is there twice", twice.id));
            }
        }
        if let Some(id) = main_account {
            main = Some(at("main_account", AccountId::new(&id))?);
        }
        let main = match main {
            Some(main) if by_id.contains_key(&main) => main,
            Some(main) => return Err(format!("main account {main} is not among the accounts")),
            None => return Err("there is no account".to_owned()),
        };
        let mut world = World {
            keys: BTreeMap::new(),
            sessions: BTreeMap::new(),
            directory: directory.map(DirectoryFile::into_directory).transpose()?,
            instance: instance
                .map(|instance| instance.into_instance(&main))
                .transpose()?,
            nonces: Nonces::default(),
            requests: 0,
            accounts: by_id,
            main,
        };
        for key in keys {
            let (id, key) = key.into_key(&world.main)?;
            world.keys.insert(id, key);
        }
        for session in sessions {
            let (id, session) = session.into_session()?;
            world.sessions.insert(id, session);
        }
        world.add_usual_key();
        Ok(world)
    }
}

impl World {
    /// Makes sure that some key opens the main account: its user `sandbox` with the usual key.
    fn add_usual_key(&mut self) {
        if self.keys.values().any(|key| key.account == self.main) {
            return;
        }
        let key = AccessKey {
            secret: ACCESS_KEY_SECRET.to_owned(),
            account: self.main.clone(),
            owner: KeyOwner::User(USER.to_owned()),
            is_active: true,
            allowed: None,
        };
        self.keys.insert(ACCESS_KEY_ID.to_owned(), key);
        let Some(account) = self.accounts.get_mut(&self.main) else {
            return;
        };
        if account.users.contains_key(USER) {
            return;
        }
        let user = User {
            name: USER.to_owned(),
            id: account.next_id(),
            display_name: String::new(),
            comments: "holds the key that the sandbox hands out".to_owned(),
            created: made(),
            attachments: Vec::new(),
        };
        account.users.insert(USER.to_owned(), user);
    }
}

impl KeyFile {
    fn into_key(self, main: &AccountId) -> Result<(String, AccessKey), Wrong> {
        let account = match self.account {
            Some(id) => at("key", AccountId::new(&id))?,
            None => main.clone(),
        };
        let key = AccessKey {
            secret: self.secret,
            account,
            owner: self.user.map_or(KeyOwner::Root, KeyOwner::User),
            is_active: !self.inactive,
            allowed: self.allowed.map(|Document(text)| text),
        };
        Ok((self.id, key))
    }
}

impl SessionFile {
    fn into_session(self) -> Result<(String, Session), Wrong> {
        let place = "session";
        let session = Session {
            secret: self.secret,
            token: self.token,
            account: at(place, AccountId::new(&self.account))?,
            role: at(place, RoleName::new(&self.role))?,
            role_id: self.role_id,
            name: self.name,
            expires: time(Some(&self.expires), place)?,
            policy: self.policy.map(|Document(text)| text),
        };
        Ok((self.id, session))
    }
}

impl DirectoryFile {
    fn into_directory(self) -> Result<Directory, Wrong> {
        let mut members = BTreeMap::new();
        for file in self.members {
            let id = at("directory", AccountId::new(&file.account))?;
            members.insert(id, file.into_member());
        }
        let folders = self.folders.into_iter().map(|file| {
            let FolderFile { id, name, parent } = file;
            let parent = or_root(parent);
            (id, Folder { name, parent })
        });
        Ok(Directory {
            id: self.id,
            folders: folders.collect(),
            members,
        })
    }
}

impl MemberFile {
    fn into_member(self) -> Member {
        Member {
            display_name: self.display_name,
            folder: or_root(self.folder),
            status: or(self.status, "CreateSuccess"),
            deletion_status: self.deletion_status,
            tags: self.tags,
        }
    }
}

impl InstanceFile {
    fn into_instance(self, main: &AccountId) -> Result<Instance, Wrong> {
        Ok(Instance {
            account: match self.account {
                Some(id) => at("instance", AccountId::new(&id))?,
                None => main.clone(),
            },
            role: at("instance", RoleName::new(&self.role))?,
            needs_token: self.needs_token,
        })
    }
}

fn or_root(folder: String) -> String {
    or(folder, ROOT_FOLDER)
}

fn or(text: String, usual: &str) -> String {
    if text.is_empty() {
        usual.to_owned()
    } else {
        text
    }
}
