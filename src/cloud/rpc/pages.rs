//! Replies of one page and of many.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::attempt::AttemptError;
use super::call::Call;
use super::client::RpcClient;
use super::credentials::CredentialSource;
use super::reply::{Reply, Unreadable};
use super::transport::Transport;
use crate::account::{AccountError, AccountErrorKind};

/// Most pages of one list. At RAM's default of 100 entries this is a hundred times the largest quota.
const MOST_PAGES: usize = 2000;

/// Pages with numbers that are asked for at once.
const PAGES_AT_A_TIME: usize = 8;

/// Entries of a page with a number, the most there may be.
const PAGE: usize = 100;

impl<T: Transport, C: CredentialSource> RpcClient<T, C> {
    /// What one reply says.
    ///
    /// # Errors
    /// When no reply came, or `into` cannot read it.
    pub async fn one<M: Send>(
        &self,
        call: &Call,
        into: impl Fn(&Reply) -> Result<M, Unreadable> + Send + Sync,
    ) -> Result<M, AccountError> {
        let reply = self.call(call).await.map_err(|failure| failure.error)?;
        into(&reply).map_err(|why| unreadable(call, &reply, why))
    }

    /// One thing; `None` only if the service answered with the code `absent`.
    ///
    /// # Errors
    /// As [`RpcClient::one`].
    pub async fn one_or_absent<M: Send>(
        &self,
        call: &Call,
        absent: &str,
        into: impl Fn(&Reply) -> Result<M, Unreadable> + Send + Sync,
    ) -> Result<Option<M>, AccountError> {
        match self.one(call, into).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.code.as_deref() == Some(absent) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A whole list whose pages are marked; `None` only if the service answered with the code `absent`. A list that
    /// is cut short is an error, never a shorter list.
    ///
    /// # Errors
    /// As [`RpcClient::one`], or when the list does not end.
    pub async fn all_or_absent<M: Send>(
        &self,
        mut call: Call,
        absent: &str,
        into: impl Fn(&Reply) -> Result<Vec<M>, Unreadable> + Send + Sync,
    ) -> Result<Option<Vec<M>>, AccountError> {
        let mut list = Vec::new();
        let mut seen = HashSet::new();
        loop {
            let page = |reply: &Reply| Ok((into(reply)?, reply.next_page()?));
            let Some((entries, next)) = self.one_or_absent(&call, absent, page).await? else {
                return Ok(None);
            };
            list.extend(entries);
            let Some(next) = next else {
                return Ok(Some(list));
            };
            if !seen.insert(next.1.clone()) || seen.len() > MOST_PAGES {
                return Err(bad_answer(&call, "the list does not end"));
            }
            call = call.with(next.0, next.1);
        }
    }

    /// A whole list whose pages have numbers; all but the first are asked for several at a time. `into` gives the
    /// entries of a page and how many there are in all.
    ///
    /// # Errors
    /// As [`RpcClient::one`], or when the list ends early or never.
    pub async fn all_numbered<M: Send>(
        &self,
        call: Call,
        into: impl Fn(&Reply) -> Result<(Vec<M>, usize), Unreadable> + Send + Sync,
    ) -> Result<Vec<M>, AccountError> {
        self.all_numbered_by(PAGE, call, into).await
    }

    /// The same, in pages of `size`, for calls that take fewer than usual.
    ///
    /// # Errors
    /// As [`RpcClient::all_numbered`].
    pub async fn all_numbered_by<M: Send>(
        &self,
        size: usize,
        call: Call,
        into: impl Fn(&Reply) -> Result<(Vec<M>, usize), Unreadable> + Send + Sync,
    ) -> Result<Vec<M>, AccountError> {
        let into = &into;
        let read = |page: usize| {
            let call = call.clone().with("PageNumber", page).with("PageSize", size);
            async move {
                let (entries, total) = self.one(&call, into).await?;
                match entries.is_empty() && page.saturating_mul(size) < total {
                    true => Err(bad_answer(&call, "the list ends before its last page")),
                    false => Ok((entries, total)),
                }
            }
        };
        let (mut list, mut total) = read(1).await?;
        let mut known = 1;
        // The list may have grown when its last page comes.
        while known < total.div_ceil(size) {
            let pages = total.div_ceil(size);
            if pages > MOST_PAGES {
                return Err(bad_answer(&call, "the list does not end"));
            }
            let mut rest = stream::iter(known + 1..=pages)
                .map(read)
                .buffered(PAGES_AT_A_TIME);
            while let Some((entries, now)) = rest.try_next().await? {
                list.extend(entries);
                total = now;
            }
            known = pages;
        }
        Ok(list)
    }
}

/// An answer that cannot be right.
#[must_use]
pub fn bad_answer(call: &Call, message: &str) -> AccountError {
    AttemptError::new(call, AccountErrorKind::BadAnswer, message.to_owned()).error
}

/// An answer that could not be read.
#[must_use]
pub fn unreadable(call: &Call, reply: &Reply, why: Unreadable) -> AccountError {
    AccountError {
        request_id: Some(reply.request_id().to_owned()),
        ..bad_answer(call, &format!("the answer cannot be read: {}", why.0))
    }
}
