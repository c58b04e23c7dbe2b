//! The pages: invented, of the shapes that publishing systems and home-made sites print.

use nianbao::model::Role;

/// What a page is to be read as.
pub struct Want {
    /// Path, title and date.
    pub entries: Vec<(String, String, Option<String>)>,
    /// Paths of the lists that follow, joined by spaces.
    pub lists: &'static str,
    /// Words of the note that the list is cut short; `None`: none may say so.
    pub note: Option<&'static str>,
}

/// A page.
pub struct Case {
    pub name: String,
    pub path: &'static str,
    pub role: Role,
    pub source: String,
    pub want: Want,
}

impl Case {
    /// A page of which nothing is asked but that it ends.
    pub fn hostile(source: String) -> Self {
        Self {
            name: String::new(),
            path: "/nb/index.html",
            role: Role::List,
            source,
            want: Want {
                entries: Vec::new(),
                lists: "",
                note: None,
            },
        }
    }
}

fn title(year: i32) -> String {
    format!("青岭市文化局{year}年政府信息公开工作年度报告")
}

fn filled(entry: &str) -> String {
    [2023, 2022, 2021]
        .map(|year| {
            entry
                .replace("YEAR", &year.to_string())
                .replace("TITLE", &title(year))
                .replace("DATE", &format!("{}-01-2{}", year + 1, year % 10))
        })
        .concat()
}

fn entries() -> Vec<(String, String, Option<String>)> {
    [2023, 2022, 2021]
        .map(|year| {
            let date = format!("{}-01-2{}", year + 1, year % 10);
            (format!("/nb/{year}.html"), title(year), Some(date))
        })
        .to_vec()
}

fn column(body: &str) -> String {
    format!("<html><head><title>政府信息公开年报</title></head><body>{body}</body></html>")
}

fn listed() -> String {
    format!(
        "<ul>{}</ul>",
        filled("<li><a href=YEAR.html>TITLE</a><i>DATE</i></li>")
    )
}

/// What stands behind the list, the lists that follow, and the note.
type Pager = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

const POST: Option<&str> = Some("by POST");
const ASKS: Option<&str> = Some("by a request");
const HIDDEN: Option<&str> = Some("by a script");
const COUNTS: Option<&str> = Some("pages");
const SHELL: Option<&str> = Some("not in the page");

const PAGERS: &[Pager] = &[
    (
        "static names from 0",
        "<a href='javascript:goPage(2)'>下一页</a><a href='javascript:goPage(3)'>尾页</a><script>function goPage(n){ if(n==1){ location.href=\"index.html\"; }else{ location.href = \"index_\" + (n-1) + \".html\"; } }</script>",
        "/nb/index_1.html /nb/index_2.html",
        None,
    ),
    (
        "a parameter",
        "<a href='#' onclick=\"toPage(2);return false;\">下一页</a><script>function toPage(n)\n{\n  location.href = \"list.jsp?page=\" + n\n}</script>",
        "/nb/list.jsp?page=2",
        None,
    ),
    (
        "an address in pieces",
        "<a onclick=\"gotoPage('2')\">下一页</a><script>function gotoPage(n){var url = \"list.do\"; url += \"?pageNo=\" + n; url += \"&cid=31\"; window.location.href = url;}</script>",
        "/nb/list.do?pageNo=2&cid=31",
        None,
    ),
    (
        "the size first",
        "<a href='javascript:queryPage(15,2)'>下一页</a> <a href='javascript:queryPage(15,4)'>末页</a><script>function queryPage(size,p){ window.location=\"list.aspx?size=\"+size+\"&p=\"+p; }</script>",
        "/nb/list.aspx?size=15&p=2 /nb/list.aspx?size=15&p=3 /nb/list.aspx?size=15&p=4",
        None,
    ),
    (
        "an arrow and a template",
        "<button onclick='goPage(2)'>下一页</button><script>const goPage = (n) => { location.href = `list_${n}.html`; };</script>",
        "/nb/list_2.html",
        None,
    ),
    (
        "numbers only",
        "<div><b>1</b><a href='javascript:goto(2)'>2</a><a href='javascript:goto(3)'>3</a></div><script>var goto=function(p){location.replace('list_'+p+'.htm')}</script>",
        "/nb/list_2.htm /nb/list_3.htm",
        None,
    ),
    (
        "a name kept elsewhere",
        "<a href='javascript:jump(2);'>下页</a><script>var pageUrl = \"/nb/list-\", ext='.shtml';\nfunction jump(p){ window.open(pageUrl + p + ext, \"_self\"); }</script>",
        "/nb/list-2.shtml",
        None,
    ),
    (
        "one function calls another",
        "<a href='javascript:nextPage()'>下一页</a><script>var currentPage = 1; var totalPage = 3; function nextPage(){ if(currentPage>=totalPage){alert('已是最后一页');return;} goPage(currentPage+1);} function goPage(n){location.href='list_'+n+'.htm';}</script>",
        "/nb/list_2.htm",
        None,
    ),
    (
        "one function calls another, last page",
        "<a href='javascript:nextPage()'>下一页</a><script>var currentPage = 3; var totalPage = 3; function nextPage(){ if(currentPage>=totalPage){alert('已是最后一页');return false;} goPage(currentPage+1);} function goPage(n){location.href='list_'+n+'.htm';}</script>",
        "",
        None,
    ),
    (
        "its own path",
        "<a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){ window.location.href = window.location.pathname + '?page=' + parseInt(n); }</script>",
        "/nb/index.html?page=2",
        None,
    ),
    (
        "a form that asks by GET",
        "<form id=f method=get action='list.jsp'><input type=hidden name=cid value=31><input type=hidden id=page name=page value=1></form><a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){document.getElementById('page').value=n;document.getElementById('f').submit();}</script>",
        "/nb/list.jsp?cid=31&page=2",
        None,
    ),
    (
        "a form that asks by POST",
        "<form name=f method=post action='list.jsp'><input type=hidden name=page value=1></form><a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){document.f.page.value=n;document.f.submit();}</script>",
        "",
        POST,
    ),
    (
        "ASP.NET, numbers",
        "<div id=AspNetPager1><span>1</span><a href=\"javascript:__doPostBack('AspNetPager1','2')\">2</a><a href=\"javascript:__doPostBack('AspNetPager1','2')\">下一页</a></div><script>function __doPostBack(t,a){ theForm.__EVENTTARGET.value=t; theForm.submit(); }</script>",
        "",
        POST,
    ),
    (
        "ASP.NET, nothing behind",
        "<div><a disabled=disabled>首页</a><span>1</span><a disabled=disabled>下一页</a></div><script>function __doPostBack(t,a){ theForm.submit(); }</script>",
        "",
        None,
    ),
    (
        "ASP.NET, the last page's links",
        "<div>第3页/共3页 <a href=\"javascript:__doPostBack('P','1')\">首页</a><a href=\"javascript:__doPostBack('P','2')\">上一页</a><a disabled=disabled>下一页</a></div>",
        "",
        None,
    ),
    (
        "a grid's pages",
        "<table><tr><td><span>1</span></td><td><a href=\"javascript:__doPostBack('GridView1','Page$2')\">2</a></td></tr></table>",
        "",
        POST,
    ),
    (
        "ASP.NET with options",
        "<a id=lbNext href='javascript:WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions(\"lbNext\", \"\", true, \"\", \"\", false, true))'>下一页</a>",
        "",
        POST,
    ),
    (
        "a button that submits",
        "<form method=post action=list.aspx><input type=submit name=btnNext value=下一页></form>",
        "",
        POST,
    ),
    (
        "a button that submits, switched off",
        "<form method=post action=list.aspx><input type=submit name=btnNext value=下一页 disabled></form>",
        "",
        None,
    ),
    (
        "laypage",
        "<div id=fy></div><script>layui.use('laypage', function(){ var laypage = layui.laypage; laypage.render({ elem:'fy', count: 45, limit: 15, curr: 1, jump: function(obj, first){ if(!first){ location.href = 'index_' + (obj.curr - 1) + '.html'; } } }); });</script>",
        "/nb/index_1.html /nb/index_2.html",
        None,
    ),
    (
        "laypage that asks",
        "<div id=fy></div><script>laypage.render({ elem:'fy', count: 45, limit: 15, jump: function(obj, first){ if(!first){ load(obj.curr); } } }); function load(p){ $.post('/api/list', {page:p}, function(r){ $('ul').html(r); }); }</script>",
        "",
        ASKS,
    ),
    (
        "laypage of one page",
        "<div id=fy></div><script>laypage.render({ elem:'fy', count: 3, limit: 10, jump: function(obj, first){ load(obj.curr); } });</script>",
        "",
        None,
    ),
    (
        "laypage whose records all are here",
        "<div id=fy></div><script>laypage.render({ elem:'fy', count: 3, limit: 2, jump: function(obj, first){ show(obj.curr); } });</script>",
        "",
        None,
    ),
    (
        "laypage of old",
        "<script>laypage({ cont: 'page', pages: 3, curr: function(){ var page = location.search.match(/page=(\\d+)/); return page ? page[1] : 1; }(), jump: function(e, first){ if(!first){ location.href = '?page=' + e.curr; } } });</script>",
        "/nb/index.html?page=2 /nb/index.html?page=3",
        None,
    ),
    (
        "kkpager with its own names",
        "<script>$(function(){ var totalPage = 3; kkpager.generPageHtml({ pno : 1, total : totalPage, totalRecords : 45, hrefFormer : 'index', hrefLatter : '.html' }); });</script>",
        "/nb/index_2.html /nb/index_3.html",
        None,
    ),
    (
        "kkpager with names of the site's",
        "<script>kkpager.generPageHtml({ pno : '1', total : '3', hrefFormer : 'list', hrefLatter : '.shtml', getLink : function(n){ return this.hrefFormer + '-' + n + this.hrefLatter; } });</script>",
        "/nb/list-2.shtml /nb/list-3.shtml",
        None,
    ),
    (
        "kkpager that asks",
        "<script>kkpager.generPageHtml({ pno : 1, total : 3, mode : 'click', click : function(n){ $.ajax({url:'/q', type:'POST', data:{p:n}}); return false; } });</script>",
        "",
        ASKS,
    ),
    (
        "pagination from 0",
        "<script>$('#p').pagination(45, {items_per_page:15, current_page:0, callback: turn}); function turn(i){ location.href = i==0 ? 'index.html' : 'index_' + i + '.html'; }</script>",
        "/nb/index_1.html /nb/index_2.html",
        None,
    ),
    (
        "pagination with links",
        "<script>$('#p').pagination(45, {items_per_page:15, link_to: 'index___id__.html'});</script>",
        "/nb/index_1.html /nb/index_2.html",
        None,
    ),
    (
        "pagination from 1",
        "<script>$('#p').pagination({total:45,pageSize:15,pageNumber:1,onSelectPage:function(num,size){ location.href='list.aspx?page='+num; }});</script>",
        "/nb/list.aspx?page=2 /nb/list.aspx?page=3",
        None,
    ),
    (
        "pagination without addresses",
        "<script>$('#p').pagination({total:45,pageSize:15});</script>",
        "",
        COUNTS,
    ),
    (
        "createPage",
        "<script>$('.tcd').createPage({ pageCount:3, current:1, backFn:function(p){ location.href=\"list_\"+p+\".html\"; } });</script>",
        "/nb/list_2.html /nb/list_3.html",
        None,
    ),
    (
        "jqPaginator",
        "<script>$.jqPaginator('#p', { totalPages: 3, visiblePages: 5, currentPage: 1, onPageChange: function (num, type) { if (type == 'change') { window.location.href = '/nb/list/' + num + '.html'; } } });</script>",
        "/nb/list/2.html /nb/list/3.html",
        None,
    ),
    (
        "twbsPagination",
        "<script>$('#p').twbsPagination({ totalPages: 3, startPage: 1, href: 'list_{{number}}.html' });</script>",
        "/nb/list_2.html /nb/list_3.html",
        None,
    ),
    (
        "bootstrapPaginator",
        "<script>$('#p').bootstrapPaginator({ currentPage: 1, totalPages: 3, pageUrl: function(type, page, current){ return \"list_\" + page + \".html\"; } });</script>",
        "/nb/list_2.html /nb/list_3.html",
        None,
    ),
    (
        "a count in words, links that are dead",
        "<div><span>共<b>3</b>页</span><a href='javascript:;' class=next>下一页</a></div>",
        "",
        COUNTS,
    ),
    (
        "one page in words",
        "<div><span>共1页</span><a href='javascript:;' class=next>下一页</a></div>",
        "",
        None,
    ),
    (
        "the last page in words",
        "<div>共3页 当前第3页 <a href='javascript:;'>下一页</a></div>",
        "",
        None,
    ),
    (
        "a function in another file",
        "<a href='javascript:goPage(2)'>下一页</a><script src=/js/page.js></script>",
        "",
        HIDDEN,
    ),
    (
        "a function in another file, one page",
        "<span>共1页</span><a href='javascript:goPage(1)'>下一页</a><script src=/js/page.js></script>",
        "",
        None,
    ),
    (
        "a function that goes elsewhere",
        "<a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){ location.href='/'; }</script>",
        "",
        HIDDEN,
    ),
    (
        "another host",
        "<a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){ location.href='http://www.bailu.example/list_'+n+'.html'; }</script>",
        "",
        HIDDEN,
    ),
    (
        "a value from elsewhere",
        "<a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){ location.href = config.base + n + '.html'; }</script>",
        "",
        HIDDEN,
    ),
    (
        "a value set twice",
        "<a href='javascript:goPage(2)'>下一页</a><script>var b='list_'; b='other_'; function goPage(n){ location.href = b + n + '.html'; }</script>",
        "",
        HIDDEN,
    ),
    (
        "a return that hangs on something unknown",
        "<a href='javascript:goPage(2)'>下一页</a><script>function name(n){ if(narrow){ return 'm_'+n; } return 'list_'+n; } function goPage(n){ location.href=name(n)+'.html'; }</script>",
        "",
        HIDDEN,
    ),
    (
        "a truth that hangs on something unknown",
        "<a href='javascript:goPage(2)'>下一页</a><script>function old(){ if(narrow){ return true; } return false; } function goPage(n){ if(old()){ location.href='m_'+n+'.html'; }else{ location.href='list_'+n+'.html'; } }</script>",
        "",
        HIDDEN,
    ),
    (
        "a name set where something unknown holds",
        "<a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){ var b='list_'; if(narrow){ var b='m_'; } location.href=b+n+'.html'; }</script>",
        "",
        HIDDEN,
    ),
    (
        "a name of its own where something unknown holds",
        "<a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){ if(busy){ var words='请稍候'; alert(words); return false; } location.href='list_'+n+'.html'; }</script>",
        "/nb/list_2.html",
        None,
    ),
    (
        "one of two addresses, by something unknown",
        "<a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){ narrow ? location.href='m_'+n+'.html' : location.href='list_'+n+'.html'; }</script>",
        "",
        HIDDEN,
    ),
    (
        "an address if something unknown holds",
        "<a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){ wide && (location.href='list_'+n+'.html'); }</script>",
        "",
        HIDDEN,
    ),
    (
        "the last page, by what leads back",
        "<div><span>共<b>3</b>页</span><a href='index_1.html'>上一页</a><a class=disabled>下一页</a></div>",
        "",
        None,
    ),
    (
        "the last page, by a click back",
        "<div>共3页<a href='javascript:goPage(2)'>上一页</a><a disabled>下一页</a></div><script src=/js/page.js></script>",
        "",
        None,
    ),
    (
        "a count in words, a dead link back",
        "<div>共3页<a class=disabled href='index_1.html'>上一页</a><a href='javascript:;'>上一页</a><a href='javascript:;'>下一页</a></div>",
        "",
        COUNTS,
    ),
    (
        "a choice with a script",
        "<select onchange='goPage(this.value)'><option value=1>1</option><option value=2>2</option><option value=3>3</option></select><script>function goPage(n){ location.href='list_'+n+'.html'; }</script>",
        "/nb/list_2.html /nb/list_3.html",
        None,
    ),
    (
        "a label in the click",
        "<a href='javascript:void(0)' onclick='javascript:goPage(2)'>下一页&gt;</a><script>function goPage(n){ if(isNaN(n)){ alert('请输入页码'); return; } location.href='list_'+n+'.html'; }</script>",
        "/nb/list_2.html",
        None,
    ),
    (
        "a piece that is loaded",
        "<a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){ $('#list').load('list_' + n + '.html'); }</script>",
        "/nb/list_2.html",
        None,
    ),
    (
        "a piece that is posted for",
        "<a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){ $.post('list.do', {page:n}, function(d){ $('#list').html(d); }); }</script>",
        "",
        ASKS,
    ),
    (
        "more on a click",
        "<a href='javascript:loadMore()'>加载更多</a><script>var p=1;function loadMore(){ p++; $.ajax({url:'/api/more', type:'post', data:{p:p}}); }</script>",
        "",
        ASKS,
    ),
    (
        "commented out",
        "<!-- <a href='javascript:goPage(2)'>下一页</a> -->",
        "",
        None,
    ),
    (
        "a function commented out",
        "<a href='javascript:goPage(2)'>下一页</a><script>/* function goPage(n){location.href='bad_'+n} */\n// function goPage(n){location.href='worse_'+n}\nfunction goPage(n){var s='}';location.href='list_'+n+'.html'}</script>",
        "/nb/list_2.html",
        None,
    ),
    (
        "only the page before",
        "<a href='javascript:goPage(2)'>上一页</a><script>function goPage(n){ location.href='list_'+n+'.html'; }</script>",
        "",
        None,
    ),
    (
        "scripts that turn no page",
        "<a href='javascript:doPrint()'>打印</a><a href='javascript:window.close()'>关闭</a><a href='javascript:setSize(2)'>2</a>",
        "",
        None,
    ),
    (
        "a calendar",
        "<table><tr><td><a href='javascript:day(1)'>1</a><td><a href='javascript:day(2)'>2</a><td><a href='javascript:day(3)'>3</a></table><script>function day(d){ location.href='/rl/?d='+d; }</script>",
        "",
        None,
    ),
    (
        "a number that is computed",
        "<a href='javascript:goPage(2)'>下一页</a><script>var size=15, total=45; var pages=Math.ceil(total/size); function goPage(n){ if(n<1) n=1; if(n>pages) n=pages; location.href='list.jsp?p='+n+'&s='+size; }</script>",
        "/nb/list.jsp?p=2&s=15",
        None,
    ),
    (
        "a field of the page",
        "<input type=hidden id=cid value=31><a href='javascript:goPage(2)'>下一页</a><script>function goPage(n){ var cid=$('#cid').val(); location.href='list.jsp?cid='+cid+'&p='+n; }</script>",
        "/nb/list.jsp?cid=31&p=2",
        None,
    ),
];

/// A page's body without a list in it, the lists that follow, and the note.
const SHELLS: &[Pager] = &[
    (
        "a list by POST",
        "<ul id=infolist></ul><script>$.ajax({type:\"POST\", url:\"/EpointWebBuilder/rest/frontAppCustomAction/getPageInfoListNew\", data:{siteGuid:'7', categoryNum:'003'}, success:function(d){ $('#infolist').html(d); }});</script>",
        "",
        SHELL,
    ),
    (
        "axios",
        "<div id=app><ul><li v-for='x in list'><a :href='x.url'>{{x.title}}</a></li></ul></div><script>new Vue({el:'#app', created(){ axios.post('/api/article/page', {column:31}).then(r=>{ this.list=r.data }) }})</script>",
        "",
        SHELL,
    ),
    (
        "nothing but a frame for scripts",
        "<div id=app></div><script src=/js/chunk-vendors.js></script><script src=/js/app.js></script>",
        "",
        SHELL,
    ),
    (
        "templates",
        "<div id=box></div><script type=text/html id=tpl>{{each list}}<li><a href='{{$value.url}}'>{{$value.title}}</a></li>{{/each}}</script><script>$.post('/zfxxgk/list.do',{id:31},function(r){ $('#box').html(template('tpl', r)); },'json')</script>",
        "",
        SHELL,
    ),
    (
        "an address that can be asked for",
        "<ul id=box></ul><script>$.getJSON('/nb/list.json', function(r){ render(r); });</script>",
        "/nb/list.json",
        None,
    ),
    (
        "another",
        "<ul id=box></ul><script>fetch(\"data/articlelist.json?col=31\").then(r => r.json()).then(show);</script>",
        "/nb/data/articlelist.json?col=31",
        None,
    ),
    (
        "one with options",
        "<ul id=box></ul><script>$.ajax({ url: 'getlist.jsp?col=31', type: 'get', dataType:'json', success: render });</script>",
        "/nb/getlist.jsp?col=31",
        None,
    ),
    (
        "records by POST, none here",
        "<div id=38486></div><script>$('#38486').jpage({ perPage:15, totalRecord:40, openCookies:0, proxyUrl:'/module/web/jpage/dataproxy.jsp', type:'POST' });</script>",
        "",
        SHELL,
    ),
    (
        "a counter is no list",
        "<p>暂无相关信息</p><script>$.post('/count/hit.do', {id:31});</script>",
        "",
        None,
    ),
    (
        "what counts readers is not asked for",
        "<p>暂无相关信息</p><script>$.get('/article/updateViews?id=7', function(r){ $('#v').html(r); }); $.getJSON('/info/addread.do?id=7', show); fetch('/api/article?method=like');</script>",
        "",
        None,
    ),
    (
        "a list of what was changed is told of, not asked for",
        "<ul id=box></ul><script>$.getJSON('/nb/saveList.do', render);</script>",
        "",
        SHELL,
    ),
    (
        "words that only look so",
        "<ul id=box></ul><script>$.getJSON('/nb/addressModel/reviewlist.json', render);</script>",
        "/nb/addressModel/reviewlist.json",
        None,
    ),
    ("nothing at all", "<p>暂无相关信息</p>", "", None),
    (
        "templates filled from another file",
        "<ul><li ms-repeat=list><a ms-attr-href=el.url>{{el.title}}</a></li></ul><script src=/js/list.js></script>",
        "",
        SHELL,
    ),
    (
        "a frame",
        "<iframe src=list.jsp?id=1></iframe><script>$.post('/x/list.do')</script>",
        "/nb/list.jsp?id=1",
        None,
    ),
    (
        "XMLHttpRequest",
        "<div id=list></div><script>var x=new XMLHttpRequest(); x.open('POST','/info/query.do',true); x.send('id=31');</script>",
        "",
        SHELL,
    ),
];

/// A record of a script; `YEAR`, `TITLE` and `DATE` are its holes. Whole pages where they begin with `=`.
const RECORDS: &[(&str, &str, bool)] = &[
    (
        "bare names",
        "var list=[RECORDS];|{url:'./YEAR.html', title:'TITLE', date:'DATE'},",
        true,
    ),
    (
        "a name within an object",
        "var data = {code:0, list:[RECORDS], total:3};|{url:\"/nb/YEAR.html\",title:\"TITLE\",date:\"DATE\"},",
        true,
    ),
    (
        "pushes",
        "var a=[];RECORDS|a.push({url:'/nb/YEAR.html',title:'TITLE',pubDate:'DATE'});\n",
        true,
    ),
    (
        "escapes",
        "var a=[RECORDS]|{'url':'\\/\\u006eb\\/YEAR.html','title':'TITLE','date':'DATE'},",
        true,
    ),
    (
        "comments",
        "var a=[ /* 年报 */ RECORDS // ,\n];|{url:'/nb/YEAR.html', // 地址\n title:'TITLE', /* 题 */ date:'DATE'},",
        true,
    ),
    (
        "pieces",
        "var a=[RECORDS];|{url:'/nb/'+'YEAR.html', title:'TITLE', date:'DATE'},",
        true,
    ),
    (
        "values that are no text",
        "var a=[RECORDS];|{id:12, top:!0, when:new Date(2020,1,1), click:function(e){return {a:1}}, tags:['x',], url:'/nb/YEAR.html', title:'TITLE', date:'DATE'},",
        true,
    ),
    (
        "addresses in pieces that are not here",
        "var a=[RECORDS];|{url: base + 'YEAR.html', title:'TITLE', date:'DATE'},",
        false,
    ),
    (
        "a menu",
        "var a=[{name:'首页栏目',url:'/'},{name:'政策文件',url:'/zc/'},];RECORDS|",
        false,
    ),
    (
        "upper case",
        "var a=[RECORDS];|{Url:'/nb/YEAR.html', Title:'TITLE', InfoDate:'DATE 09:00:00'},",
        true,
    ),
    (
        "an array made",
        "var a=new Array(RECORDS null);|{url:'/nb/YEAR.html', title:'TITLE', date:'DATE'},",
        true,
    ),
    (
        "a template's holes",
        "var a=[RECORDS];|{url:'/nb/${id}.html', title:'{{TITLE}}', date:'DATE'},",
        false,
    ),
    (
        "=an answer in brackets",
        "callback({total:3, list:[RECORDS]});|{url:'/nb/YEAR.html',title:'TITLE',date:'DATE',},",
        true,
    ),
    (
        "=an answer that is a script",
        "var list = [RECORDS];|{url:'/nb/YEAR.html',title:'TITLE',date:'DATE'},",
        true,
    ),
    (
        "=an answer with bare names",
        "{rows:[RECORDS], total:3,}|{url:'/nb/YEAR.html',title:'TITLE',date:'DATE'},",
        true,
    ),
];

/// Entries that a script opens, with what defines it.
const OPENED: &[(&str, &str, &str, Option<&str>)] = &[
    (
        "a number",
        "<li><a href=\"javascript:show('YEAR')\">TITLE</a><i>DATE</i></li>",
        "function show(id){ window.open('/nb/' + id + '.html'); }",
        None,
    ),
    (
        "a click",
        "<li><a href='javascript:;' onclick='show(YEAR)'>TITLE</a><i>DATE</i></li>",
        "function show(id){ var u='/nb/'+id+'.html'; window.open(u,'_blank'); }",
        None,
    ),
    (
        "not defined here",
        "<li><a href=\"javascript:show('YEAR')\">TITLE</a><i>DATE</i></li>",
        "",
        HIDDEN,
    ),
    (
        "posted",
        "<li><a href=\"javascript:__doPostBack('g','YEAR')\">TITLE</a><i>DATE</i></li>",
        "",
        HIDDEN,
    ),
];

/// Front pages, the columns that follow, and the note.
const FRONTS: &[Pager] = &[
    (
        "a column's name",
        "<a href=\"javascript:openCol('xxgknb')\">政府信息公开年报</a><script>function openCol(c){window.location.href='/zwgk/'+c+'/';}</script>",
        "/zwgk/xxgknb/",
        None,
    ),
    (
        "an entry with a click",
        "<ul><li onclick=\"openCol(17)\">政府信息公开年报</li></ul><script>function openCol(c){window.open('/col/col'+c+'/index.html');}</script>",
        "/col/col17/index.html",
        None,
    ),
    (
        "an address in the link",
        "<a href=\"javascript:window.location='/zwgk/xxgknb/'\">政府信息公开年报</a>",
        "/zwgk/xxgknb/",
        None,
    ),
    (
        "a function that is not here",
        "<a href='javascript:go(1)'>政府信息公开年报</a>",
        "",
        Some("政府信息公开年报"),
    ),
    (
        "another link has it",
        "<a href='javascript:go(1)'>政府信息公开年报</a><a href=/zwgk/xxgknb/>政府信息公开年报</a>",
        "/zwgk/xxgknb/",
        None,
    ),
    (
        "other words",
        "<a href=\"javascript:openCol('dl')\">登录</a><script>function openCol(c){location.href='/'+c+'/'}</script>",
        "",
        None,
    ),
    (
        "another site",
        "<a href='javascript:openCol(1)'>政府信息公开年报</a><script>function openCol(c){location.href='http://www.bailu.example/'+c+'/'}</script>",
        "",
        None,
    ),
];

/// All pages.
pub fn all() -> Vec<Case> {
    let case = |name: String, role, source: String, want: Want| {
        let path = if role == Role::Root {
            "/"
        } else {
            "/nb/index.html"
        };
        Case {
            name,
            path,
            role,
            source,
            want,
        }
    };
    let mut all = Vec::new();
    for (name, pager, lists, note) in PAGERS {
        let want = Want {
            entries: entries(),
            lists,
            note: *note,
        };
        let source = column(&format!("{}<div class=fy>{pager}</div>", listed()));
        all.push(case(format!("pager, {name}"), Role::List, source, want));
    }
    for (name, body, lists, note) in SHELLS {
        let want = Want {
            entries: Vec::new(),
            lists,
            note: *note,
        };
        all.push(case(
            format!("shell, {name}"),
            Role::List,
            column(body),
            want,
        ));
    }
    for (name, both, is_read) in RECORDS {
        let (script, record) = both.split_once('|').unwrap();
        let script = script.replace("RECORDS", &filled(record));
        let source = if name.starts_with('=') {
            script
        } else {
            column(&format!("<p></p><script>{script};show()</script>"))
        };
        let entries = if *is_read { entries() } else { Vec::new() };
        let want = Want {
            entries,
            lists: "",
            note: None,
        };
        all.push(case(format!("records, {name}"), Role::List, source, want));
    }
    for (name, entry, script, note) in OPENED {
        let entries = if note.is_none() {
            entries()
        } else {
            Vec::new()
        };
        let want = Want {
            entries,
            lists: "",
            note: *note,
        };
        let source = column(&format!(
            "<ul>{}</ul><script>{script}</script>",
            filled(entry)
        ));
        all.push(case(format!("opened, {name}"), Role::List, source, want));
    }
    for (name, body, lists, note) in FRONTS {
        let want = Want {
            entries: Vec::new(),
            lists,
            note: *note,
        };
        let source =
            format!("<html><head><title>青岭市人民政府</title></head><body>{body}</body></html>");
        all.push(case(format!("front, {name}"), Role::Root, source, want));
    }
    all
}
